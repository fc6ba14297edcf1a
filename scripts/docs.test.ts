import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '@berth/config';
import { formatIssue } from '@berth/config/issue';
import { publishedSchemas } from '@berth/config/schemas';
import { parseYaml } from '@berth/config/yaml';
import { ClientFile } from '@berth/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { examplesOf } from './docs/examples.ts';
import { anchorsOf, linksOf } from './docs/markdown.ts';
import { referencePages } from './docs/pages.ts';

const ROOT = dirname(import.meta.dirname);
const PAGES = [
  ...(await readdir(ROOT)),
  ...(await readdir(join(ROOT, 'docs'), { recursive: true })).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

const read = (page: string): Promise<string> => readFile(join(ROOT, page), 'utf8');

test('the reference pages are as the code makes them (npm run docs)', async () => {
  for (const [page, text] of await referencePages()) expect(await read(page), page).toBe(text);
  // It asks the programs for the help of each command.
}, 180_000);

test('the page on the files has every key of every file', async () => {
  const page = await read('docs/reference/configuration.md');
  const sections = new Map(page.split(/^## /m).map((text) => [text.split('\n')[0] ?? '', text]));
  const files = [
    ...publishedSchemas().values(),
    JSON.stringify({ title: 'config.yaml', ...ClientFile }),
  ];
  for (const file of files) {
    const { title, ...schema } = JSON.parse(file) as { title: string };
    const section = sections.get(title) ?? '';
    const keys = keysOf(schema);
    expect(keys).toContain('version');
    for (const key of keys)
      expect(section, title).toMatch(new RegExp(`^\\| \`(\\S+\\.)?${key}\``, 'm'));
    // No cell is left empty: form, default and meaning of every key are told.
    expect(section).not.toMatch(/\| +\|/);
  }
});

/** Names of keys at any depth of a schema. */
function keysOf(schema: object): string[] {
  const own = 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
  const below = Object.values(schema).filter((value) => typeof value === 'object');
  return [
    ...own,
    ...below.flatMap((value: object | null) => (value === null ? [] : keysOf(value))),
  ];
}

describe.each(PAGES)('%s', (page) => {
  test('has no link that leads nowhere', async () => {
    const text = await read(page);
    for (const { target, line } of linksOf(text)) {
      const [path = '', anchor = ''] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      const where = `line ${line}: ${target}`;
      await expect(stat(join(ROOT, file)), where).resolves.toBeDefined();
      const anchors = anchor === '' ? [anchor] : anchorsOf(await read(file));
      expect([...anchors], where).toContain(anchor);
    }
  });

  test('has only YAML that its file takes', async () => {
    for (const { file, line, text, isWhole } of examplesOf(await read(page))) {
      const where = `line ${line}: ${file}`;
      const parsed = parseYaml(file, text);
      if (Array.isArray(parsed)) throw new Error(`${where}: ${parsed.map(formatIssue).join('\n')}`);
      const schema = { ...schemaOf(file), ...(isWhole ? {} : { required: [] }) };
      const ajv = new Ajv2020({ keywords: ['patternErrorMessage'] });
      expect(ajv.validate(schema, parsed.value), `${where}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  test('has only whole configuration files that load', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-docs-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await mkdir(join(folder, 'users'));
    await writeFile(join(folder, 'main.yaml'), MAIN);
    await writeFile(join(folder, 'containers.yaml'), 'version: 1\ncontainers: {}\n...\n');
    await writeFile(join(folder, 'users.yaml'), 'version: 1\nusers: {}\n...\n');
    for (const { file, line, text, isWhole } of examplesOf(await read(page))) {
      if (!isWhole || file === 'config.yaml') continue;
      await writeFile(join(folder, file), text);
      // Each with the ones before it: that is what a reader has by then.
      await expect(loadConfig(folder), `line ${line}: ${file}`).resolves.toBeDefined();
    }
  });
});

function schemaOf(file: string): object {
  if (file === 'config.yaml') return ClientFile;
  const name = file.startsWith('users/') ? 'user' : file.replace('.yaml', '');
  return JSON.parse(publishedSchemas().get(`schema/${name}.json`) ?? '') as object;
}

const MAIN = `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}
...
`;
