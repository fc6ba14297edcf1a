import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '@berth/contract';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Config } from './config.ts';
import { openConfigStore, type ConfigStore } from './store.ts';
import { configFolder, VALID } from '../testing/folder.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const RENAMED = VALID['users.yaml']?.replace('alice', 'alicia') ?? '';

interface Watched {
  readonly directory: string;
  readonly store: ConfigStore;
  readonly reloads: Config[];
  readonly rejections: Problem[];
  readonly errors: unknown[];
}

async function watched(): Promise<Watched> {
  const directory = await configFolder();
  const reloads: Config[] = [];
  const rejections: Problem[] = [];
  const errors: unknown[] = [];
  const store = await openConfigStore({
    directory,
    isWatching: true,
    onNotice: (notice) => {
      if (notice.kind === 'loaded') reloads.push(notice.config);
      if (notice.kind === 'invalid') rejections.push(notice.problem);
      if (notice.kind === 'unreadable') errors.push(notice.error);
    },
  });
  onTestFinished(store.close);
  return { directory, store, reloads, rejections, errors };
}

const nameOf = (store: ConfigStore): string | undefined =>
  store.current().accounts.get(ALICE)?.username;

test('takes up a file that was written in place', async () => {
  const { directory, store } = await watched();
  await writeFile(join(directory, 'users.yaml'), RENAMED);
  await vi.waitUntil(() => nameOf(store) === 'alicia', { timeout: 10_000 });
});

test('takes up a file that was replaced', async () => {
  const { directory, store, reloads } = await watched();
  await writeFile(join(directory, '.new'), RENAMED);
  await rename(join(directory, '.new'), join(directory, 'users.yaml'));
  await vi.waitUntil(() => nameOf(store) === 'alicia', { timeout: 10_000 });
  expect(reloads.at(-1)).toBe(store.current());
});

test('takes up a file that is a link, where it leads to', async () => {
  const directory = await configFolder();
  const real = await configFolder();
  await rm(join(directory, 'users.yaml'));
  await symlink(join(real, 'users.yaml'), join(directory, 'users.yaml'));
  const store = await openConfigStore({ directory, isWatching: true, onNotice: () => {} });
  onTestFinished(store.close);
  await writeFile(join(real, 'users.yaml'), RENAMED);
  await vi.waitUntil(() => nameOf(store) === 'alicia', { timeout: 10_000 });
});

test('takes up a user’s own file, also when its folder is new', async () => {
  const { directory, store } = await watched();
  await mkdir(join(directory, 'users'));
  const path = join(directory, 'users', `${ALICE}.yaml`);
  const cpus = (): number | undefined => store.current().accounts.get(ALICE)?.limits.cpus;
  await writeFile(path, 'version: 1\nlimits: {cpus: 9}\n...\n');
  await vi.waitUntil(() => cpus() === 9, { timeout: 10_000 });
  await writeFile(path, 'version: 1\nlimits: {cpus: 10}\n...\n');
  await vi.waitUntil(() => cpus() === 10, { timeout: 10_000 });
});

test('keeps the running configuration when a file is bad, and says so until it is good', async () => {
  const { directory, store, rejections } = await watched();
  const before = store.current();
  await writeFile(join(directory, 'users.yaml'), 'version: 1\nusers: {');
  await store.reload();
  expect(store.rejection()).toBeDefined();
  expect(store.current()).toBe(before);
  expect(rejections[0]?.message).toContain('users.yaml:2:9: not valid YAML');
  await writeFile(join(directory, 'users.yaml'), RENAMED);
  await store.reload();
  expect(store.rejection()).toBeUndefined();
  expect(nameOf(store)).toBe('alicia');
});

test('files that are back as they were are told of', async () => {
  const { directory, store, reloads } = await watched();
  await writeFile(join(directory, 'users.yaml'), 'version: 1\nusers: {');
  await store.reload();
  await writeFile(join(directory, 'users.yaml'), VALID['users.yaml'] ?? '');
  await store.reload();
  expect(store.rejection()).toBeUndefined();
  expect(reloads.length).toBe(1);
});

test('a reload of the same files changes nothing and tells nobody', async () => {
  const { store, reloads } = await watched();
  const before = store.current();
  await store.reload();
  expect(store.current()).toBe(before);
  expect(reloads).toEqual([]);
});

test('what is no fault of the files’ content is told apart', async () => {
  const { directory, store, rejections, errors } = await watched();
  await rm(join(directory, 'users'), { recursive: true, force: true });
  await writeFile(join(directory, 'users'), '');
  await store.reload();
  expect(store.rejection()).toBeDefined();
  expect(errors).toContainEqual(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(rejections.filter(({ code }) => code !== 'config_invalid')).toEqual([]);
});

test('does not open on files that do not load', async () => {
  const directory = await configFolder({ 'main.yaml': 'version: 1\n...\n' });
  const opening = openConfigStore({
    directory,
    isWatching: false,
    onNotice: () => {},
  });
  await expect(opening).rejects.toThrow('the key "admin" is missing');
});
