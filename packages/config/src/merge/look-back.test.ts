import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Notice } from '../store/notice.ts';
import { openConfigStore } from '../store/store.ts';
import { ALICE, BOB, CAROL, TEAM_USERS, teamFolder } from '../testing/team.ts';
import type { Json } from '../yaml/json.ts';
import { restoreConfig } from '../history/restore.ts';
import { add, BOBS_ENTRY, byHand, desk, disable, removeBobsFile, set } from './testing/desk.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What is told where a hand saves an older version with a change, so many hours after the newest. */
async function savedAfter(hours: number): Promise<Notice['kind'][]> {
  const { directory, write } = await teamFolder();
  const notices: Notice[] = [];
  let now = new Date('2026-11-23T08:00:00Z');
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onNotice: (notice) => notices.push(notice),
    now: () => now,
  });
  onTestFinished(store.close);
  await store.edit({ by: 'kim', what: 'disable bob' }, (edit) => {
    edit.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  now = new Date(now.getTime() + hours * HOUR_MS);
  await write('users.yaml', TEAM_USERS.replace('# quoted', '# by hand'));
  await store.reload();
  return notices.map(({ kind }) => kind);
}

test('a save from a version that was replaced within half a day is put right', async () => {
  expect(await savedAfter(11)).toContain('merged');
});

test('what is older than half a day is known to whoever saves without it', async () => {
  expect(await savedAfter(13)).not.toContain('merged');
});

test('behind a record that was moved away nothing is told, and all before it stays', async () => {
  const { directory, text, change } = await teamFolder();
  const left: string[] = [];
  for (const note of ['a', 'b', 'c', 'd']) {
    await change((edit) => {
      edit.set('users.yaml', ['users', BOB, 'metadata'], { note });
    });
    left.push(await text('users.yaml'));
  }
  await rm(join(directory, 'history', '00000003.json'));
  const restore = (number: number): ReturnType<typeof restoreConfig> =>
    restoreConfig({
      directory,
      number,
      author: { by: 'kim', what: `restore ${number}` },
      onRejected: () => {},
    });
  await expect(restore(1)).rejects.toThrow(
    'What number 1 left cannot be had any more: the history of users.yaml is damaged. Later numbers may be whole.',
  );
  expect((await restore(4)).record?.number).toBe(6);
  expect(await text('users.yaml')).toBe(left[2]);
  await writeFile(join(directory, 'users.yaml'), 'x');
  await restore(5);
  expect(await text('users.yaml')).toBe(left[3]);
});

/** A client that a program adds: where, and what. */
function clientOf(user: string, number: number): [path: string[], client: Json] {
  const digits = String(number).padStart(12, '0');
  const client = {
    name: `runner-${number}`,
    token_hash: `sha256:${digits.padStart(64, '0')}`,
    created: '2026-11-23T10:00:00Z',
  };
  return [['users', user, 'clients', `1f4e1c2a-9b8d-4e7f-8a6b-${digits}`], client];
}

test('the version is found behind hundreds of changes', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  for (let count = 0; count < 205; count += 1) {
    await edit(set(['users', ALICE, 'metadata', 'desk'], String(count)));
  }
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('the version is found behind changes that have been taken back since', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  const names = Array.from({ length: 25 }, (_, number) => `desk-${number}`);
  for (const name of names) await edit(set(['users', ALICE, 'metadata', name], 'x'));
  await edit((one) => {
    for (const name of names) set(['users', ALICE, 'metadata', name], undefined)(one);
  });
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test.each(['# quoted', 'username: ci'])(
  'the version is found behind clients that came and went, where %j was changed by hand',
  async (changed) => {
    const { edit, save, text, store } = await desk();
    await edit(set(['users', CAROL], { username: 'ci', clients: {} }));
    const opened = await text();
    await edit(disable(BOB));
    const runners = Array.from({ length: 40 }, (_, number) => clientOf(CAROL, number));
    for (const [path, runner] of runners) await edit(set(path, runner));
    for (const [path] of runners) await edit(set(path, undefined));
    await save({ 'users.yaml': byHand(opened, [changed, `${changed} # by hand`]) });
    expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  },
);

test('the version is found behind a change by hand of the order', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  const now = await text();
  const [, alice = '', bob = ''] =
    /( {2}# founder[^]*?\n\n)( {2}# --- [^]*disabled: true\n)/.exec(now) ?? [];
  await save({ 'users.yaml': byHand(now, [alice + bob, `${bob}\n${alice}`]) });
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('who came and went by an empty file stays as they are', async () => {
  const { edit, save, text, store } = await desk();
  await edit(removeBobsFile);
  await save({ 'users.yaml': byHand(TEAM_USERS, [BOBS_ENTRY, '']) });
  const opened = await text();
  await edit(set(['users', ALICE], undefined));
  expect(await text()).toContain('users: {}');
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect([...store.current().accountByName.keys()]).toEqual(['carol']);
});

test('behind so much work by hand that nothing can be told any more, what programs did is kept aside', async () => {
  const { edit, save, text, aside } = await desk();
  const people = Array.from(
    { length: 3400 },
    (_, number) =>
      `  7c2f0a3e-2c5d-4f8e-9a08-${String(number).padStart(12, '0')}:\n    username: u${number}\n    metadata: {pass: "0"}\n`,
  );
  await save({ 'users.yaml': byHand(await text(), ['users:\n', `users:\n${people.join('')}`]) });
  const opened = await text();
  await edit(disable(BOB));
  for (const pass of ['1', '2', '3']) {
    await save({ 'users.yaml': (await text()).replaceAll(/pass: "\d"/g, `pass: "${pass}"`) });
  }
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(await aside()).toEqual([newest]);
});
