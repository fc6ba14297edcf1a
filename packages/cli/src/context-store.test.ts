import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createContextStore, type ContextStore } from './context-store.ts';
import { configText } from './testing/berth.ts';
import { CLIENT, SECRET } from './testing/stand-in.ts';

let folder: string;
let store: ContextStore;
let warnings: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-store-'));
  warnings = [];
  store = createContextStore({
    directory: folder,
    now: () => new Date('2026-11-23T10:00:00Z'),
    warn: (message) => warnings.push(message),
  });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (text: string, mode = 0o600) => writeFile(store.path, text, { mode });
const CONTEXT = { server: 'https://b.example', client: CLIENT, secret: SECRET, user: 'alice' };

test('takes an absent file for an empty one', async () => {
  expect(await store.read()).toEqual({ version: 1, contexts: {} });
});

test('reads back what it wrote', async () => {
  await store.update((file) => ({ ...file, current: 'b', contexts: { b: CONTEXT } }));
  expect(await store.read()).toEqual({ version: 1, current: 'b', contexts: { b: CONTEXT } });
  const text = await readFile(store.path, 'utf8');
  expect(text).toMatch(/^# Written by berth\. /);
  expect(text).toMatch(/\n\.\.\.\n$/);
  expect(await readdir(folder)).toEqual(['config.yaml']);
});

test('follows a link that the user made', async () => {
  const target = join(folder, 'dotfiles.yaml');
  await writeFile(target, 'version: 1\ncontexts: {}\n...\n', { mode: 0o600 });
  await symlink(target, store.path);
  await store.update((file) => ({ ...file, contexts: { b: CONTEXT } }));
  expect(await readFile(target, 'utf8')).toContain(SECRET);
});

test.each([
  ['a syntax error', 'version: 1\ncontexts: {\n', ':3:1: not valid YAML'],
  [
    'a file that was cut off',
    configText('https://b.example').replace('...\n', ''),
    ':9:1: the last line must be',
  ],
  ['an unknown key', 'version: 1\ncontxts: {}\ncontexts: {}\n...\n', ':2:1: unknown key "contxts"'],
  ['a missing key', 'version: 1\n...\n', ':1:1: must have required properties contexts'],
  ['another version', 'version: 2\ncontexts: {}\n...\n', ':1:10: must be equal to constant'],
  ['a wrong value', configText('ftp://b.example'), ':5:13: must match'],
  ['an alias', 'version: &v 1\ncontexts: {}\n...\n', 'anchors (&name) are not allowed'],
  ['nothing at all', '', ':1:1:'],
])('says where %s is, and never replaces the file', async (_, text, place) => {
  await write(text);
  const message = expect.stringMatching(/config\.yaml is not valid\.\n/);
  await expect(store.read()).rejects.toMatchObject({ code: 'config_invalid', message });
  await expect(store.read()).rejects.toThrow(store.path);
  await expect(store.read()).rejects.toThrow(place);
  await expect(store.read()).rejects.toThrow('start afresh: berth login --reset');
  await expect(store.update((file) => file)).rejects.toMatchObject({ code: 'config_invalid' });
  expect(await readFile(store.path, 'utf8')).toBe(text);
});

test('never shows a secret in an error', async () => {
  await write(configText('https://b.example').replace(SECRET, `${SECRET}x`));
  await expect(store.read()).rejects.toThrow(':7:13: must match');
  await expect(store.read()).rejects.not.toThrow(SECRET);
});

test('warns when others can read the secrets', async () => {
  await write('version: 1\ncontexts: {}\n...\n');
  await store.read();
  expect(warnings).toEqual([]);
  await chmod(store.path, 0o644);
  await store.read();
  expect(warnings).toEqual([
    `Others can read the secrets in ${store.path}. Close it: chmod 600 ${store.path}`,
  ]);
});

test('puts the file aside under a name that says when', async () => {
  await write('broken: [');
  const aside = await store.setAside();
  expect(aside).toBe(`${store.path}.broken-2026-11-23T10-00-00-000Z`);
  expect(await readFile(aside, 'utf8')).toBe('broken: [');
  expect(await store.read()).toEqual({ version: 1, contexts: {} });
});

test('says why the file cannot be read or written', async () => {
  await mkdir(store.path);
  await expect(store.read()).rejects.toThrow('cannot be read: it is a folder.');
  const inFile = createContextStore({
    directory: join('/etc/hostname', 'berth'),
    now: () => new Date(),
    warn: () => undefined,
  });
  await expect(inFile.update((file) => file)).rejects.toThrow('not a folder');
});
