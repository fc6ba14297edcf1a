import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Disk } from '../disk/disk.ts';
import { createDisk } from '../disk/exchange.ts';
import { openConfigStore } from '../store/store.ts';
import { ALICE, BOB, CAROL, TEAM_TEMPLATES, TEAM_USERS } from '../testing/team.ts';
import type { Json } from '../yaml/json.ts';
import { add, byHand, desk, disable, isMerged } from './testing/desk.ts';
import { walkBack } from '../history/testing/walk.ts';

test('what was newer in other entries is kept, and what the hand changed is in force', async () => {
  const { edit, save, text, notices, directory } = await desk();
  await edit(disable(BOB));
  await edit(add(CAROL, 'carol'));
  const newest = await text();
  const change = ['# quoted', '# by hand'] as const;
  await save({ 'users.yaml': byHand(TEAM_USERS, change) });
  expect(await text()).toBe(byHand(newest, change));
  expect(notices).toContainEqual({
    kind: 'merged',
    file: 'users.yaml',
    kept: [CAROL, BOB],
    conflicts: [],
  });
  const versions = (await walkBack(directory)).map((files) => files.get('users.yaml'));
  expect(versions).toContain(byHand(TEAM_USERS, change));
});

test.each([
  ['the head', ['# the team', '# our team']],
  ['the end', ['...\n', '...  # bye\n']],
] as const)('a hand that changes only %s keeps that, and takes nothing back', async (_, change) => {
  const { edit, save, text } = await desk();
  await edit(disable(BOB));
  const newest = await text();
  await save({ 'users.yaml': byHand(TEAM_USERS, change) });
  expect(await text()).toBe(byHand(newest, change));
});

test('people who came or went since do so again, and so do those the hand added or removed', async () => {
  const { edit, save, store, notices } = await desk();
  await edit(add(CAROL, 'carol'));
  await edit((change) => {
    change.removeFile(`users/${BOB}.yaml`);
    change.set('users.yaml', ['users', BOB], undefined);
  });
  const dora = '9e4f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
  await save({
    'users.yaml': TEAM_USERS.replace(
      / {2}# founder[^]*?\n\n {2}# ---/,
      `  ${dora}: {username: dora}\n  # ---`,
    ),
  });
  expect([...store.current().accountByName.keys()].toSorted()).toEqual(['carol', 'dora']);
  expect(notices.filter(isMerged)).toHaveLength(1);
});

test('where both changed one entry, the edit stands and the hand’s text is kept aside', async () => {
  const { edit, save, text, notices, aside } = await desk();
  await edit(disable(BOB));
  const newest = await text();
  const saved = byHand(TEAM_USERS, ['# for the course', '# by hand']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(newest);
  expect(notices).toContainEqual({
    kind: 'merged',
    file: 'users.yaml',
    kept: [BOB],
    conflicts: [BOB],
  });
  expect(await aside()).toEqual([saved]);
});

test('where both changed the same value, the hand’s stands and the other text is kept aside', async () => {
  const { edit, save, text, aside } = await desk();
  const opened = await text();
  await edit((change) => {
    change.set('users.yaml', ['users', BOB, 'username'], 'bobby');
  });
  const newest = await text();
  const saved = byHand(opened, ['username: bob', 'username: robert']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(await aside()).toEqual([newest]);
  const again = byHand(saved, ['username: robert', 'username: rob']);
  await save({ 'users.yaml': again });
  expect(await text()).toBe(again);
  expect(await aside()).toEqual([newest]);
});

test('where both made the same change, there is nothing to put aside', async () => {
  const { edit, save, text, aside } = await desk();
  await edit(disable(BOB));
  await edit(disable(ALICE));
  const newest = await text();
  const bob = newest.slice(newest.indexOf(`  ${BOB}`));
  const old = TEAM_USERS.slice(0, TEAM_USERS.indexOf(`  ${BOB}`));
  const change = ['# the team', '# our team'] as const;
  await save({ 'users.yaml': byHand(old + bob, change) });
  expect(await text()).toBe(byHand(newest, change));
  expect(await aside()).toEqual([]);
});

test('an older version as it was is put back on purpose, and stands', async () => {
  const { edit, save, text, store, notices } = await desk();
  await edit(disable(BOB));
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': TEAM_USERS });
  expect(await text()).toBe(TEAM_USERS);
  expect(store.current().accounts.get(BOB)?.disabled).toBe(false);
  expect(notices.filter(isMerged)).toEqual([]);
});

test('a save from the newest version stands as it is, also where it takes an edit back', async () => {
  const { edit, save, text, notices } = await desk();
  await edit(disable(BOB));
  await edit(add(CAROL, 'carol'));
  const saved = byHand(await text(), ['      disabled: true\n', '']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(notices.filter(isMerged)).toEqual([]);
});

test('the version is found behind edits of other files and of other programs', async () => {
  const { directory, edit, save, text } = await desk();
  await edit(disable(BOB));
  const other = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  onTestFinished(other.close);
  await other.edit({ by: 'lee', what: 'add carol' }, add(CAROL, 'carol'));
  await other.edit({ by: 'lee', what: 'describe' }, (change) => {
    change.set('containers.yaml', ['containers', 'lab', 'description'], 'A lab');
  });
  const newest = await text();
  const change = ['# quoted', '# by hand'] as const;
  await save({ 'users.yaml': byHand(TEAM_USERS, change) });
  expect(await text()).toBe(byHand(newest, change));
});

test('the same holds for the keys of other files', async () => {
  const { edit, save, text } = await desk();
  await edit((change) => {
    change.set('main.yaml', ['logging', 'level'], 'debug');
  });
  const newest = await text('main.yaml');
  const change = ['version: 1', '# by hand\nversion: 1'] as const;
  await save({ 'main.yaml': byHand(newest.replace(/^logging[^]*?(?=^\S|\.\.\.)/m, ''), change) });
  expect(await text('main.yaml')).toBe(byHand(newest, change));
});

test('where the two do not go together, the edit stands and the hand’s text is kept aside', async () => {
  const { edit, save, text, store, aside, notices } = await desk();
  await edit(add(CAROL, 'carol'));
  const newest = await text();
  const saved = byHand(TEAM_USERS, ['username: bob', 'username: carol']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(newest);
  expect(store.rejection()).toBeUndefined();
  expect(await aside()).toEqual([saved]);
  expect(notices.filter(isMerged)).toHaveLength(1);
});

test('where what was newer does not go with another file the hand saved, it is kept aside', async () => {
  const { edit, save, text, store, aside } = await desk();
  await edit((change) => {
    change.set('users.yaml', ['users', ALICE, 'containers'], ['gpu']);
  });
  const newest = await text();
  const users = byHand(TEAM_USERS, ['# the team', '# our team']);
  const templates = byHand(TEAM_TEMPLATES, ['  gpu:\n    image: gpu:1\n', '']);
  const own = `users/${BOB}.yaml`;
  await save({ 'users.yaml': users, 'containers.yaml': templates, [own]: 'version: 1\n...\n' });
  expect(store.rejection()).toBeUndefined();
  expect(await text()).toBe(users);
  expect(await text('containers.yaml')).toBe(templates);
  expect(await aside()).toEqual([newest]);
});

/** A disk that does something before the first exchange, once it is told to. */
function disturbedDisk(disturb: () => Promise<void>): { readonly disk: Disk; start(): void } {
  const disk = createDisk();
  let isOn = false;
  return {
    start: () => {
      isOn = true;
    },
    disk: {
      ...disk,
      exchange: async (one, other) => {
        if (isOn) {
          isOn = false;
          await disturb();
        }
        await disk.exchange(one, other);
      },
    },
  };
}

test('a hand that saves again while its first save is put right loses nothing', async () => {
  const again = byHand(TEAM_USERS, ['# the team', '# our team']);
  let directory = '';
  const { disk, start } = disturbedDisk(() => writeFile(join(directory, 'users.yaml'), again));
  const here = await desk(disk);
  ({ directory } = here);
  await here.edit(disable(BOB));
  const newest = await here.text();
  start();
  await here.save({ 'users.yaml': byHand(TEAM_USERS, ['# quoted', '# by hand']) });
  expect(await here.text()).toBe(byHand(newest, ['# the team', '# our team']));
  expect(here.store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('what the disk did not let put right is put right the next time', async () => {
  const { disk, start } = disturbedDisk(() => Promise.reject(new Error('No disk')));
  const { edit, save, text, store, notices } = await desk(disk);
  await edit(disable(BOB));
  const newest = await text();
  const change = ['# quoted', '# by hand'] as const;
  start();
  await save({ 'users.yaml': byHand(TEAM_USERS, change) });
  expect(notices.map(({ kind }) => kind)).toContain('unrecorded');
  expect(await text()).toBe(byHand(TEAM_USERS, change));
  await store.reload();
  expect(await text()).toBe(byHand(newest, change));
});

test('who takes out of a new entry what they do not want has seen it: their save stands', async () => {
  const { edit, save, text, notices } = await desk();
  const client = (letter: string): Json => ({
    name: 'tablet',
    token_hash: `sha256:${letter.repeat(64)}`,
    created: '2026-11-23T10:00:00Z',
    expires: null,
  });
  const clients = Object.fromEntries(
    ['d', 'e', 'f'].map((letter) => [crypto.randomUUID(), client(letter)]),
  );
  await edit((change) => {
    change.set('users.yaml', ['users', CAROL], { username: 'carol', clients });
  });
  const newest = await text();
  const at = newest.indexOf('    clients:\n', newest.indexOf('username: carol'));
  const revoked = newest.slice(0, at) + newest.slice(at).replace(/^(?: {4}.*\n)+/, '');
  expect(revoked).toContain('carol');
  expect(revoked).not.toContain('tablet');
  await save({ 'users.yaml': revoked });
  expect(await text()).toBe(revoked);
  expect(notices.filter(isMerged)).toEqual([]);
});
