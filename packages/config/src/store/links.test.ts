import { lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { updateOwnFile } from '../changes/own-file.ts';
import { removeUser, updateUser } from '../changes/users.ts';
import { recordsIn, walkBack } from '../history/testing/walk.ts';
import { restoreConfig } from '../history/restore.ts';
import { ALICE, BOB, BOBS_FILE, TEAM_USERS, teamFolder } from '../testing/team.ts';
import type { Edit } from './edit.ts';
import { loadConfig } from './load.ts';
import { openConfigStore } from './store.ts';
import { openStore } from './testing/open-store.ts';

const author = { by: 'kim', what: 'change something' };

const limitAlice = (edit: Edit): void => {
  updateOwnFile(edit, ALICE, { limits: { cpus: 2 } });
};

test.each([
  ['a file that nobody made', `users/${ALICE}.yaml`, '../nowhere.yaml'],
  ['a file of a name that is no user’s', 'users/x.yaml', '/nowhere/x.yaml'],
  ['itself', `users/${ALICE}.yaml`, `${ALICE}.yaml`],
  ['a file that nobody made, of all users', 'users.yaml', 'people.yaml'],
])('a link to %s is named by whoever comes upon it, with what to do', async (_, file, target) => {
  const { directory } = await teamFolder();
  const { store, notices } = await openStore(directory);
  const before = store.current();
  const path = join(directory, file);
  await rm(path, { force: true });
  await symlink(target, path);
  const problem = {
    code: 'config_invalid',
    message: `${path} is a link to ${target}, where there is no file. Put one there, or remove the link.`,
  };
  await expect(loadConfig(directory)).rejects.toMatchObject(problem);
  await expect(
    openConfigStore({ directory, isWatching: false, onNotice: () => {} }),
  ).rejects.toMatchObject(problem);
  await store.reload();
  await expect(store.edit(author, limitAlice)).rejects.toMatchObject(problem);
  expect(store.current()).toBe(before);
  expect(store.rejection()).toMatchObject(problem);
  expect(notices.map(({ kind }) => kind)).toEqual(['invalid']);
  await rm(path);
  if (file === 'users.yaml') await writeFile(path, TEAM_USERS);
  await store.edit(author, limitAlice);
  expect(store.rejection()).toBeUndefined();
  expect(store.current().accounts.get(ALICE)?.limits.cpus).toBe(2);
});

test('an edit that was told nothing of such a link names it', async () => {
  const { directory } = await teamFolder();
  const { store } = await openStore(directory);
  await symlink('nowhere.yaml', join(directory, 'users', `${ALICE}.yaml`));
  await expect(store.edit(author, limitAlice)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('is a link to nowhere.yaml'),
  });
});

test('the lock that an editor leaves beside a file is no file of the configuration', async () => {
  const { directory, config } = await teamFolder();
  await symlink('kim@host.123', join(directory, 'users', `.#${BOB}.yaml`));
  await symlink('kim@host.123', join(directory, '.#users.yaml'));
  expect((await config()).accounts.size).toBe(2);
});

test.each(['relative', 'absolute'])(
  'who is removed loses the %s link that is their own file, and its target stays',
  async (kind) => {
    const { directory, config } = await teamFolder();
    const real = join(directory, 'elsewhere');
    const path = join(directory, 'users', `${BOB}.yaml`);
    await mkdir(real);
    await writeFile(join(real, 'bob.yaml'), BOBS_FILE);
    await rm(path);
    await symlink(kind === 'relative' ? '../elsewhere/bob.yaml' : join(real, 'bob.yaml'), path);
    const { store, notices } = await openStore(directory);
    await store.edit(author, (edit) => {
      removeUser(edit, BOB);
    });
    expect([...(await config()).accounts.keys()]).toEqual([ALICE]);
    expect(await readdir(join(directory, 'users'))).toEqual([]);
    expect(await readFile(join(real, 'bob.yaml'), 'utf8')).toBe(BOBS_FILE);
    for (const name of await readdir(join(directory, 'history/last'))) {
      expect((await lstat(join(directory, 'history/last', name))).isFile()).toBe(true);
    }
    // What is done to it there is nobody's business any more.
    await writeFile(join(real, 'bob.yaml'), 'mine');
    await store.edit(author, (edit) => {
      updateUser(edit, ALICE, { disabled: true });
    });
    expect(notices.filter(({ kind: one }) => one !== 'loaded')).toEqual([]);
    expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'kim', 'kim']);
    const versions = await walkBack(directory);
    expect(versions.at(-1)?.get(`users/${BOB}.yaml`)).toBe(BOBS_FILE);
    await restoreConfig({ directory, author, number: 1, onRejected: () => {} });
    expect(await readFile(path, 'utf8')).toBe(BOBS_FILE);
    expect((await config()).accounts.get(BOB)?.limits.cpus).toBe(2);
  },
);
