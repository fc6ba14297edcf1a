import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { FILE_HEADERS } from './file-headers.ts';
import { initConfig } from './init.ts';
import {
  CURSOR,
  startLanguageServer,
  type LanguageServer,
  type OpenFile,
} from './testing/language-server.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

let editor: LanguageServer;
beforeAll(async () => {
  editor = await startLanguageServer();
});
afterAll(() => editor.stop());

/** A new configuration, and what an editor says when somebody types in one of its files. */
async function typing(): Promise<
  (file: string, edit?: (text: string) => string) => Promise<OpenFile>
> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-editor-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'a folder');
  await initConfig({ directory, engineHost: 'unix:///x', prefix: 'x', port: 1 });
  const own = `${FILE_HEADERS.user}version: 1\n...\n`;
  await writeFile(join(directory, `users/${ALICE}.yaml`), own);
  return (file, edit) => editor.open(join(directory, file), edit);
}

/** Diagnostics as `line: message`, lines from 1. */
const told = ({ diagnostics }: OpenFile): string[] =>
  diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`).toSorted();

const lineOf = (text: string, part: string): number =>
  text.slice(0, text.indexOf(part)).split('\n').length;

test('an editor has nothing against what `berthd init` writes, nor against its examples', async () => {
  const type = await typing();
  for (const file of ['main.yaml', 'containers.yaml', 'users.yaml', `users/${ALICE}.yaml`]) {
    const uncomment = (text: string): string =>
      text.replace('users: {}', 'users:').replaceAll(/^#(?=[^ \n]|  )/gm, '');
    expect(told(await type(file, uncomment)), file).toEqual([]);
  }
});

test('an editor marks a key that nobody knows, in its line', async () => {
  const type = await typing();
  let line = 0;
  const file = await type('containers.yaml', (text) => {
    const typed = text.replace('    image:', '    priviliged: true\n    image:');
    line = lineOf(typed, 'priviliged');
    return typed;
  });
  expect(line).toBeGreaterThan(5);
  expect(told(file)).toEqual([`${line}: Property priviliged is not allowed.`]);
});

test('an editor says in our words what a text has to look like', async () => {
  const type = await typing();
  const file = await type(`users/${ALICE}.yaml`, (text) =>
    text.replace('...', 'limits: {cpus: 2.3, memory: 16}\ncontainers: {deny: [Shell]}\n...'),
  );
  expect(told(file)).toEqual([
    '4: Incorrect type. Expected "string".',
    '5: must be lower-case letters, digits and hyphens, starting with a letter; at most 32',
  ]);
});

test('an editor completes the keys of a template', async () => {
  const type = await typing();
  const file = await type('containers.yaml', (text) =>
    text.replace('    resources:', `    ${CURSOR}\n    resources:`),
  );
  const offered = await file.completions();
  expect(offered).toEqual(
    expect.arrayContaining(['pull', 'command', 'env', 'network', 'shm_size']),
  );
  // What is there already, or belongs elsewhere, is not offered.
  expect(offered).not.toContain('image');
  expect(offered).not.toContain('username');
});

test('an editor completes a new template, a new user, and a word out of a list', async () => {
  const type = await typing();
  const template = await type('containers.yaml', (text) =>
    text.replace('containers:\n', `containers:\n  lab:\n    ${CURSOR}\n`),
  );
  expect(await template.completions()).toEqual(
    expect.arrayContaining(['image', 'resources', 'volumes', 'network']),
  );
  const user = await type('users.yaml', (text) =>
    text.replace('users: {}', `users:\n  ${ALICE}:\n    ${CURSOR}`),
  );
  expect(await user.completions()).toEqual(
    expect.arrayContaining(['username', 'containers', 'disabled', 'metadata']),
  );
  const level = await type('main.yaml', (text) =>
    text.replace('#logging: {level: debug}', `logging:\n  level: ${CURSOR}`),
  );
  expect(await level.completions()).toEqual(['debug', 'info', 'warn', 'error', 'critical']);
});

test('an editor explains a key', async () => {
  const type = await typing();
  const image = await type('containers.yaml', (text) => text.replace('image:', `${CURSOR}image:`));
  expect(await image.hover()).toContain('Image reference, with tag or digest.');
  const disabled = await type('users.yaml', (text) =>
    text.replace('users: {}', `users:\n  ${ALICE}: {username: alice, ${CURSOR}disabled: true}`),
  );
  expect(await disabled.hover()).toContain('Refuses every client and login of theirs');
});
