import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Disk } from '../disk/disk.ts';
import { createDisk } from '../disk/exchange.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import type { Notice } from '../store/notice.ts';
import { openConfigStore, type ConfigStore } from '../store/store.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const OWN = `users/${ALICE}.yaml`;
const named = (name: string): string => VALID['users.yaml']?.replace('alice', name) ?? '';
const cpus = (count: number): string => `version: 1\nlimits: {cpus: ${count}}\n...\n`;

/** A configuration in a folder of its own, with one user of this name. */
function within(folder: string, name: string): Record<string, string> {
  const files = Object.entries({ ...VALID, 'users.yaml': named(name) });
  return Object.fromEntries(files.map(([file, text]) => [`${folder}/${file}`, text]));
}

async function watched(
  directory: string,
  disk: Disk = createDisk(),
): Promise<{ readonly store: ConfigStore; readonly notices: Notice[] }> {
  const notices: Notice[] = [];
  const store = await openConfigStore({
    directory,
    isWatching: true,
    disk,
    onNotice: (notice) => notices.push(notice),
  });
  onTestFinished(store.close);
  return { store, notices };
}

async function untilNamed(store: ConfigStore, name: string): Promise<void> {
  const isNamed = (): boolean => store.current().accounts.get(ALICE)?.username === name;
  await vi.waitUntil(isNamed, { timeout: 10_000 });
}

async function untilCpus(store: ConfigStore, count: number): Promise<void> {
  const isSet = (): boolean => store.current().accounts.get(ALICE)?.limits.cpus === count;
  await vi.waitUntil(isSet, { timeout: 10_000 });
}

/** Puts a link in the place of whatever is there, at one moment. */
async function pointTo(target: string, path: string): Promise<void> {
  await symlink(target, `${path}.link`);
  await rename(`${path}.link`, path);
}

test('a link of a main file that leads to another file is followed, and what is saved there seen', async () => {
  const directory = await configFolder();
  const [first, second] = [await configFolder(), await configFolder()];
  const path = join(directory, 'users.yaml');
  await pointTo(join(first, 'users.yaml'), path);
  const { store } = await watched(directory);
  await writeFile(join(second, 'users.yaml'), named('bea'));
  await pointTo(join(second, 'users.yaml'), path);
  await untilNamed(store, 'bea');
  await writeFile(join(second, 'users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('a file that becomes a link while the store runs is seen where it leads to', async () => {
  const directory = await configFolder();
  const real = await configFolder({ 'users.yaml': named('bea') });
  const { store } = await watched(directory);
  await pointTo(join(real, 'users.yaml'), join(directory, 'users.yaml'));
  await untilNamed(store, 'bea');
  await writeFile(join(real, 'users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('links through a folder that is itself a link are seen when that leads elsewhere', async () => {
  const directory = await configFolder({
    'one/users.yaml': named('alice'),
    'two/users.yaml': named('bea'),
  });
  await pointTo('one', join(directory, 'data'));
  await pointTo('data/users.yaml', join(directory, 'users.yaml'));
  const { store } = await watched(directory);
  await pointTo('two', join(directory, 'data'));
  await untilNamed(store, 'bea');
  await writeFile(join(directory, 'two/users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('another folder in the place of the configuration is seen, and what is saved in it', async () => {
  const parent = await configFolder({ ...within('berth', 'alice'), ...within('next', 'bea') });
  const directory = join(parent, 'berth');
  const { store } = await watched(directory);
  await rename(directory, join(parent, 'old'));
  await rename(join(parent, 'next'), directory);
  await untilNamed(store, 'bea');
  await writeFile(join(directory, 'users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('a configuration folder that is removed and made again is seen', async () => {
  const parent = await configFolder(within('berth', 'alice'));
  const directory = join(parent, 'berth');
  const { store } = await watched(directory);
  await rm(directory, { recursive: true });
  await mkdir(directory);
  for (const [file, text] of Object.entries(within('berth', 'bea'))) {
    await writeFile(join(parent, file), text);
  }
  await untilNamed(store, 'bea');
  await writeFile(join(directory, 'users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('a link to the configuration folder that leads to another one is seen', async () => {
  const parent = await configFolder();
  const [first, second] = [
    await configFolder(),
    await configFolder({ 'users.yaml': named('bea') }),
  ];
  const directory = join(parent, 'berth');
  await pointTo(first, directory);
  const { store } = await watched(directory);
  await pointTo(second, directory);
  await untilNamed(store, 'bea');
  await writeFile(join(second, 'users.yaml'), named('cleo'));
  await untilNamed(store, 'cleo');
});

test('a folder of own files that is removed and made again is seen', async () => {
  const directory = await configFolder({ [OWN]: cpus(1) });
  const { store } = await watched(directory);
  await rm(join(directory, 'users'), { recursive: true });
  await mkdir(join(directory, 'users'));
  await writeFile(join(directory, OWN), cpus(2));
  await untilCpus(store, 2);
  await writeFile(join(directory, OWN), cpus(3));
  await untilCpus(store, 3);
});

test('another folder in the place of that of own files is seen', async () => {
  const directory = await configFolder({ [OWN]: cpus(1), [`next/${ALICE}.yaml`]: cpus(2) });
  const { store } = await watched(directory);
  await rename(join(directory, 'users'), join(directory, 'old'));
  await rename(join(directory, 'next'), join(directory, 'users'));
  await untilCpus(store, 2);
  await writeFile(join(directory, OWN), cpus(3));
  await untilCpus(store, 3);
});

test('a user’s own file that is a link is seen where it leads to', async () => {
  const real = await configFolder({ 'own.yaml': cpus(1), 'other.yaml': cpus(5) });
  const directory = await configFolder({ 'users/none': '' });
  await pointTo(join(real, 'own.yaml'), join(directory, OWN));
  const { store } = await watched(directory);
  await writeFile(join(real, 'own.yaml'), cpus(2));
  await untilCpus(store, 2);
  await pointTo(join(real, 'other.yaml'), join(directory, OWN));
  await untilCpus(store, 5);
  await writeFile(join(real, 'other.yaml'), cpus(6));
  await untilCpus(store, 6);
});

test('what is saved while the store opens, when the file was looked at already, is seen', async () => {
  const directory = await configFolder({ [OWN]: cpus(1) });
  const disk = createDisk();
  let looks = 0;
  const { store } = await watched(directory, {
    ...disk,
    stat: async (path) => {
      const stamp = await disk.stat(path);
      if (path.endsWith(OWN)) looks += 1;
      // Before and after it was read.
      if (path.endsWith(OWN) && looks === 2) await writeFile(path, cpus(2));
      return stamp;
    },
  });
  await untilCpus(store, 2);
});

test('a file beside the configuration concerns nobody', async () => {
  const directory = await configFolder();
  const { store, notices } = await watched(directory);
  await writeFile(join(directory, 'notes.yaml'), 'x');
  await writeFile(join(directory, 'users.yaml'), named('bea'));
  await untilNamed(store, 'bea');
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded']);
});
