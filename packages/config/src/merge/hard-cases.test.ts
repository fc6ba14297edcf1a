import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { restoreConfig } from '../history/restore.ts';
import type { Edit } from '../store/edit.ts';
import { openStore } from '../store/testing/open-store.ts';
import { ALICE, BOB, CAROL, LAPTOP, TEAM_TEMPLATES, TEAM_USERS } from '../testing/team.ts';
import type { Json } from '../yaml/json.ts';
import { add, byHand, desk, disable, isMerged } from './testing/desk.ts';

const change =
  (path: readonly string[], value: Json | undefined, file = 'users.yaml') =>
  (edit: Edit): void => {
    edit.set(file, path, value);
  };
const revoke = change(['users', ALICE, 'clients', LAPTOP], undefined);
const removeBobsFile = (edit: Edit): void => edit.removeFile(`users/${BOB}.yaml`);
const BOBS_ENTRY = / {2}# ---[^]*shell\n\n/;

/** What an editor that is set up so makes of a file when it saves. */
const indented = (text: string): string => text.replaceAll(/^ +/gm, (blanks) => `  ${blanks}`);

test.each([
  ['the same', 'disabled: true\n'],
  ['something else about them', 'metadata:\n        desk: "5"\n'],
])('a hand that writes %s of one takes back nothing about others', async (_, line) => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(revoke);
  await edit(disable(BOB));
  await save({ 'users.yaml': byHand(opened, ['username: bob\n', `username: bob\n      ${line}`]) });
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('a stale save in another indentation is merged by what it says', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  const saved = indented(byHand(opened, ['- shell', '- shell\n      metadata: {room: "12"}']));
  await save({ 'users.yaml': saved });
  expect(store.current().accounts.get(BOB)).toMatchObject({
    disabled: true,
    user: { metadata: { room: '12' } },
  });
  expect(await aside()).toEqual([saved]);
  await edit(add(CAROL, 'carol'));
});

test('who is removed by one and who by the other are both gone', async () => {
  const { edit, save, text, store } = await desk();
  await edit(removeBobsFile);
  const opened = await text();
  await edit(change(['users', ALICE], undefined));
  await save({ 'users.yaml': byHand(opened, [BOBS_ENTRY, '']) });
  expect([...store.current().accounts.keys()]).toEqual([]);
});

test('whom a hand removed stays out where the rest of its save has to give way', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  const saved = byHand(byHand(opened, [BOBS_ENTRY, '']), ['"alice"', '"carol"']);
  await save({ 'users.yaml': saved });
  expect([...store.current().accountByName.keys()].toSorted()).toEqual(['alice', 'carol']);
  expect(await aside()).toEqual([saved]);
});

test('whom commands locked out stays out where the rest of what they changed has to give way', async () => {
  const { edit, save, text, store, aside, notices } = await desk();
  const opened = await text();
  await edit(change(['users', ALICE, 'containers'], ['gpu']));
  await edit(disable(BOB));
  await edit(revoke);
  const newest = await text();
  await save({
    'users.yaml': byHand(opened, ['# the team', '# our team']),
    'containers.yaml': byHand(TEAM_TEMPLATES, ['  gpu:\n    image: gpu:1\n', '']),
    [`users/${BOB}.yaml`]: 'version: 1\n...\n',
  });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
  expect(await aside()).toEqual([newest]);
  expect(notices.filter(isMerged)).toHaveLength(1);
});

test.each<[what: string, value: Json, from: string | RegExp, to: string]>([
  ['another', ['lab', 'gpu'], 'containers: [lab, gpu]', 'containers: [shell]'],
  ['none', ['lab', 'gpu'], 'containers: [lab, gpu]', 'containers: []'],
])('who changes a list just changed to %s may do so', async (_, value, from, to) => {
  const { edit, save, text, notices, aside } = await desk();
  await edit(change(['users', ALICE, 'containers'], value));
  const newest = await text();
  const saved = byHand(newest, [from, to]);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(notices.filter(isMerged)).toEqual([]);
  expect(await aside()).toEqual([newest]);
});

test('of a set both have changed, what either took out is out', async () => {
  const { edit, save, text, store } = await desk();
  await edit(change(['users', ALICE, 'containers'], ['lab', 'shell']));
  const opened = await text();
  await edit(disable(BOB));
  await edit(change(['users', ALICE, 'containers'], ['lab', 'shell', 'gpu']));
  await save({ 'users.yaml': byHand(opened, ['[lab, shell]', '[shell]']) });
  expect(store.current().accounts.get(ALICE)?.templates).toEqual(new Set(['shell', 'gpu']));
});

test('of a value both have changed in a stale save, the newer one stands, and the hand is told', async () => {
  const { edit, save, text, store, aside } = await desk();
  const expires = (year: number): string => `${year}-01-01T00:00:00Z`;
  const path = ['users', ALICE, 'clients', LAPTOP, 'expires'];
  await edit(change(path, expires(2030)));
  const opened = await text();
  await edit(disable(BOB));
  await edit(change(path, expires(2027)));
  const saved = byHand(opened, [expires(2030), expires(2040)]);
  await save({ 'users.yaml': saved });
  const client = store.current().accounts.get(ALICE)?.clients[LAPTOP];
  expect(client?.expires).toBe(expires(2027));
  expect(await aside()).toEqual([saved]);
});

test('who was enabled while an editor held them disabled stays disabled, and that is told', async () => {
  const { edit, save, text, store, aside } = await desk();
  await edit(disable(BOB));
  const opened = await text();
  await edit(change(['users', BOB, 'disabled'], undefined));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(await aside()).toEqual([newest]);
});

test('a stale save is put right by the next process where one ended before it had', async () => {
  const disk = createDisk();
  let isFailing = false;
  const failing: typeof disk.exchange = async (one, other) => {
    if (isFailing) throw new Error('No disk');
    await disk.exchange(one, other);
  };
  const { directory, edit, save, text, store, notices } = await desk({
    ...disk,
    exchange: failing,
  });
  const opened = await text();
  await edit(disable(BOB));
  isFailing = true;
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(notices.map(({ kind }) => kind)).toContain('unrecorded');
  store.close();
  const next = await openStore(directory);
  await next.store.reload();
  expect(next.store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(await text()).toContain('# by hand');
  expect(next.notices.filter(isMerged)).toHaveLength(1);
  const again = await openStore(directory);
  await again.store.reload();
  expect(again.notices.filter(isMerged)).toEqual([]);
});

test('the version is found behind hundreds of changes', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  for (let count = 0; count < 205; count += 1) {
    await edit(change(['users', ALICE, 'metadata', 'desk'], String(count)));
  }
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

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
  await edit(change(['users', ALICE], undefined));
  expect(await text()).toContain('users: {}');
  await edit(add(CAROL, 'carol'));
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect([...store.current().accountByName.keys()]).toEqual(['carol']);
});

test('where it cannot be told what an editor had opened, what was newer is kept aside', async () => {
  const { edit, save, text, aside } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  const plain = await text();
  await save({ 'users.yaml': byHand(plain, [`${BOB}:`, `"${BOB}":`]) });
  const newest = byHand(plain, ['# the team', '# our team']);
  await save({ 'users.yaml': newest });
  await save({ 'users.yaml': byHand(opened, ['# quoted', '# by hand']) });
  expect(await aside()).toEqual([newest]);
});

test('where it cannot be told whether a hand had seen a change it overrides, that is kept aside', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit(change(['users', ALICE, 'containers'], []));
  await edit(disable(BOB));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['containers: [lab]', 'containers: [lab, shell]']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(await aside()).toEqual([newest]);
});

test.each<[what: string, file: string, steps: readonly (readonly [string, string])[]]>([
  [
    'words a comment anew',
    'users.yaml',
    [
      ['username: bob\n', 'username: bob # temp\n'],
      ['# temp\n', '# temporary until May\n'],
      ['# temporary until May\n', '# until May, then gone\n'],
    ],
  ],
  [
    'writes a template in steps',
    'containers.yaml',
    [
      ['  gpu:\n', '  ml:\n    image: ml:1\n  gpu:\n'],
      ['ml:1\n', 'ml:1\n    env: {A: "1"}\n    description: To learn\n'],
      ['A: "1"', 'A: "2", B: "3"'],
      ['To learn\n', 'To train\n    pull: always\n'],
    ],
  ],
])('nothing is merged where a hand %s', async (_, file, steps) => {
  const { save, text, notices } = await desk();
  for (const step of steps) {
    const saved = byHand(await text(file), step);
    await save({ [file]: saved });
    expect(await text(file)).toBe(saved);
  }
  expect(notices.filter(({ kind }) => kind !== 'loaded')).toEqual([]);
});

test('nobody is told of anything where a hand fills in what a command has just added', async () => {
  const { edit, save, text, store, notices, aside } = await desk();
  await edit(change(['users', CAROL], { username: 'carol', containers: ['lab'] }));
  await edit(change(['containers', 'ml'], { image: 'ml:1' }, 'containers.yaml'));
  const [users, templates] = [await text(), await text('containers.yaml')];
  const saved = {
    'users.yaml': byHand(users, [
      /( +)username: carol\n/,
      '$1username: caroline\n$1disabled: true\n',
    ]),
    'containers.yaml': byHand(templates, ['image: ml:1\n', 'image: ml:2\n    pull: always\n']),
  };
  await save(saved);
  expect(store.rejection()).toBeUndefined();
  expect([await text(), await text('containers.yaml')]).toEqual(Object.values(saved));
  expect(notices.filter(isMerged)).toEqual([]);
  expect(await aside()).toEqual([]);
});

test('nobody is told of a save by hand in the first hours of an installation', async () => {
  const { directory, edit, save, text, notices } = await desk();
  await edit(removeBobsFile);
  await save({ 'users.yaml': 'version: 1\nusers: {}\n...\n' });
  await edit(add(CAROL, 'carol'));
  const own = `users/${CAROL}.yaml`;
  await edit(change(['limits', 'cpus'], 3, own));
  await edit(change(['overrides', 'lab', 'persist'], true, own));
  const known = notices.length;
  await save({ [own]: byHand(await text(own), ['persist: true', 'persist: false']) });
  await save({ 'users.yaml': byHand(await text(), ['version: 1', '# ours\nversion: 1']) });
  await save({ 'users.yaml': '# ours\nversion: 1\nusers: {}\n...\n' });
  const told = notices.slice(known).map(({ kind }) => kind);
  expect(told).toEqual(['loaded', 'loaded', 'loaded']);
  expect((await openStore(directory)).store.current().accounts.size).toBe(0);
});

test('who was added and is deleted by hand again, by itself, is no text to keep', async () => {
  const { edit, save, text, store, aside } = await desk();
  await edit(add(CAROL, 'carol'));
  await edit(change(['users', CAROL, 'metadata'], { room: '12' }));
  const entry = new RegExp(` +${CAROL}:\\n(?: {4,}.*\\n)+`);
  await save({ 'users.yaml': byHand(await text(), [entry, '\n']) });
  expect(store.current().accounts.has(CAROL)).toBe(false);
  expect(await aside()).toEqual([]);
});

test('nothing is merged where a hand changes all that a command has just written', async () => {
  const { edit, save, text, notices } = await desk();
  await edit(change(['users', BOB, 'metadata'], { room: '12', desk: '3' }));
  const newest = await text();
  const saved = byHand(byHand(newest, ['"12"', '"14"']), ['"3"', '"4"']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(notices.filter(isMerged)).toEqual([]);
});

test('who went and came back meanwhile does not make a stale save a fresh one', async () => {
  const { directory, edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  await edit(change(['users', ALICE], undefined));
  const author = { by: 'kim', what: 'restore' };
  await restoreConfig({ directory, number: 2, author, onRejected: () => {} });
  await store.reload();
  await save({ 'users.yaml': byHand(opened, ['desk: "12"', 'desk: "13"']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(store.current().accounts.get(ALICE)?.user.metadata).toMatchObject({ desk: '13' });
});

test('an older version that a hand has put back takes changes of commands back, but not unseen', async () => {
  const { edit, save, text, store, aside } = await desk();
  await edit(disable(ALICE));
  const opened = await text();
  await edit(disable(BOB));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['    disabled: true\n', '']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(false);
  expect(await aside()).toEqual([newest]);
});

test('entries that change only their places are no older version put back', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  const [, alice = '', bob = ''] =
    /( {2}# founder[^]*?\n\n)( {2}# --- [^]*?shell\n)/.exec(opened) ?? [];
  await save({ 'users.yaml': byHand(opened, [alice + bob, `${bob}\n${alice}`]) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('who has come and is not in a save that changes nothing else is kept aside', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit(add(CAROL, 'carol'));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['[monitor]\n\n', '[monitor]\n']) });
  expect(store.current().accounts.has(CAROL)).toBe(false);
  expect(await aside()).toEqual([newest]);
});
