import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFolder, VALID } from '../testing/folder.ts';
import { withFrozenConfig, type Frozen } from './freeze.ts';
import { openConfigStore } from './store.ts';
import { readOnly } from './testing/read-only.ts';

const usersIn = ({ files }: Frozen): string => files.get('users.yaml')?.text() ?? '';

const renamed = (name: string): string => (VALID['users.yaml'] ?? '').replace('alice', name);

const frozen = <T>(directory: string, work: (frozen: Frozen) => Promise<T>): Promise<T> =>
  withFrozenConfig({ directory, onRejected: () => {} }, work);

test('a folder that can only be read is looked at without a lock', async () => {
  const directory = await configFolder();
  const users = await frozen(await readOnly(directory), async (config) => usersIn(config));
  expect(users).toBe(VALID['users.yaml']);
  expect((await readdir(directory)).toSorted()).toEqual(Object.keys(VALID).toSorted());
});

test('there it is looked at again where somebody has changed it meanwhile', async () => {
  const directory = await configFolder();
  const seen: string[] = [];
  const users = await frozen(await readOnly(directory), async (config) => {
    seen.push(usersIn(config));
    if (seen.length === 1) await writeFile(join(directory, 'users.yaml'), renamed('bob'));
    if (seen.length === 2) {
      await writeFile(join(directory, 'users.yaml'), renamed('eve'));
      throw new Error('Seen half of it');
    }
    return usersIn(config);
  });
  expect(seen).toEqual([VALID['users.yaml'], renamed('bob'), renamed('eve')]);
  expect(users).toBe(renamed('eve'));
});

test('there what fails without anybody’s doing fails', async () => {
  const directory = await configFolder({ 'users.yaml': 'version: 1\n' });
  const place = await readOnly(directory);
  await expect(frozen(place, async () => {})).rejects.toMatchObject({ code: 'config_invalid' });
});

test('there a change that was interrupted is told with the way out', async () => {
  const directory = await configFolder();
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  store.close();
  const record = join(directory, 'history', '00000001.json');
  await rename(record, record.replace('.json', '.pending.json'));
  const place = await readOnly(directory);
  await expect(frozen(place, async () => {})).rejects.toThrow(
    `Run this command as a user who may write to ${place}: that brings the change to its end first.`,
  );
});
