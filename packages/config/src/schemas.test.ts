import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { publishedSchemas, publishSchemas } from './schemas.ts';
import { configFolder, VALID } from './testing/folder.ts';

const inode = async (path: string): Promise<number> => (await stat(path)).ino;

test('publishes a schema of each file, readable for all who may enter the folder', async () => {
  const directory = await configFolder();
  await publishSchemas(directory);
  expect(await readdir(join(directory, 'schema'))).toEqual([
    'containers.json',
    'main.json',
    'secrets.json',
    'user.json',
    'users.json',
  ]);
  expect((await stat(join(directory, 'schema/main.json'))).mode & 0o777).toBe(0o644);
});

test('writes again what is gone or differs, and touches nothing else', async () => {
  const directory = await configFolder();
  await publishSchemas(directory);
  const [main, users, user, other] = ['main.json', 'users.json', 'user.json', 'mine.json'].map(
    (name) => join(directory, 'schema', name),
  ) as [string, string, string, string];
  const text = await readFile(main, 'utf8');
  await writeFile(main, '{}');
  await rm(users);
  await writeFile(other, '{}');
  const before = [await inode(user), await inode(join(directory, 'main.yaml'))];

  await publishSchemas(directory);
  expect(await readFile(main, 'utf8')).toBe(text);
  expect(await readFile(users, 'utf8')).toContain('"title": "users.yaml"');
  expect(await readFile(other, 'utf8')).toBe('{}');
  expect([await inode(user), await inode(join(directory, 'main.yaml'))]).toEqual(before);
});

test('fails, and harms nothing, where the folder cannot be made', async () => {
  const directory = await configFolder({ schema: 'mine' });
  await expect(publishSchemas(directory)).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(await readFile(join(directory, 'schema'), 'utf8')).toBe('mine');
});

/** Checks as an editor would: by the published schema alone, and filling in no defaults. */
function isAccepted(name: string, text: string): boolean {
  const ajv = new Ajv2020({ keywords: ['patternErrorMessage'] });
  return ajv.validate(JSON.parse(publishedSchemas().get(`schema/${name}.json`) ?? ''), load(text));
}

test.each([...publishedSchemas()])('%s is a schema by the rules of its draft', (path, text) => {
  const schema = JSON.parse(text) as Record<string, unknown>;
  const ajv = new Ajv2020({ strict: true, keywords: ['patternErrorMessage'] });
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: expect.stringMatching(/^urn:berth:[a-zA-Z/]+\.yaml$/),
    title: expect.stringMatching(/\.yaml$/),
    description: expect.stringMatching(/\.$/),
    additionalProperties: false,
  });
  expect(path).toMatch(/^schema\/\w+\.json$/);
});

test.each(['main', 'containers', 'users'])('an editor accepts a small %s.yaml', (name) => {
  const text = VALID[`${name}.yaml`] ?? '';
  expect(isAccepted(name, text)).toBe(true);
  expect(isAccepted(name, text.replace('version: 1', 'version: 1\nnosuch: 1'))).toBe(false);
});

test.each([0.01, 0.29, 0.57, 1.1, 2.3, 4])('an editor accepts %d CPUs', (cpus) => {
  expect(isAccepted('user', `{version: 1, limits: {cpus: ${cpus}}}`)).toBe(true);
});
