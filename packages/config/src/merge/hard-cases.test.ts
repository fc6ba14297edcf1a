import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { restoreConfig } from '../history/restore.ts';
import { openStore } from '../store/testing/open-store.ts';
import { ALICE, BOB, CAROL, LAPTOP, TEAM_TEMPLATES } from '../testing/team.ts';
import {
  add,
  BOBS_ENTRY,
  byHand,
  desk,
  disable,
  isMerged,
  removeBobsFile,
  set,
  revoke,
} from './testing/desk.ts';

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
  await edit(set(['users', ALICE], undefined));
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
  await edit(set(['users', ALICE, 'containers'], ['gpu']));
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

test('of a set both have changed, what either took out is out', async () => {
  const { edit, save, text, store } = await desk();
  await edit(set(['users', ALICE, 'containers'], ['lab', 'shell']));
  const opened = await text();
  await edit(disable(BOB));
  await edit(set(['users', ALICE, 'containers'], ['lab', 'shell', 'gpu']));
  await save({ 'users.yaml': byHand(opened, ['[lab, shell]', '[shell]']) });
  expect(store.current().accounts.get(ALICE)?.templates).toEqual(new Set(['shell', 'gpu']));
});

test('of a value both have changed in a stale save, the newer one stands, and the hand is told', async () => {
  const { edit, save, text, store, aside } = await desk();
  const expires = (year: number): string => `${year}-01-01T00:00:00Z`;
  const path = ['users', ALICE, 'clients', LAPTOP, 'expires'];
  await edit(set(path, expires(2030)));
  const opened = await text();
  await edit(disable(BOB));
  await edit(set(path, expires(2027)));
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
  await edit(set(['users', BOB, 'disabled'], undefined));
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
  await edit(set(['users', ALICE, 'containers'], []));
  await edit(disable(BOB));
  const newest = await text();
  await save({ 'users.yaml': byHand(opened, ['containers: [lab]', 'containers: [lab, shell]']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(await aside()).toEqual([newest]);
});

test('what is kept as it was newer is taken back by a save of its own', async () => {
  const { edit, save, text, notices, store } = await desk();
  await edit(set(['users', BOB, 'metadata'], { room: '1' }));
  const without = byHand(await text(), [/ +metadata:.*room.*\n|( +)metadata:\n +room.*\n/, '']);
  await save({ 'users.yaml': byHand(without, ['"12"', '"13"']) });
  expect(notices.filter(isMerged)).toHaveLength(1);
  expect(store.current().accounts.get(BOB)?.user.metadata).toEqual({ room: '1' });
  await save({ 'users.yaml': without.replace('"12"', '"13"') });
  expect(store.current().accounts.get(BOB)?.user.metadata).toBeUndefined();
  expect(await text()).toContain('"13"');
});

test('who went and came back meanwhile does not make a stale save a fresh one', async () => {
  const { directory, edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  await edit(set(['users', ALICE], undefined));
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

test('what has changed in a template that a stale hand renames is kept aside', async () => {
  const { edit, save, text, aside } = await desk();
  const file = 'containers.yaml';
  await edit(removeBobsFile);
  const opened = await text(file);
  await edit(set(['containers', 'gpu', 'image'], 'gpu:2', file));
  const newest = await text(file);
  await save({ [file]: byHand(opened, ['  gpu:', '  cuda:']) });
  expect(await aside()).toEqual([newest]);
});

test('what has changed in a section that a stale hand takes out is kept aside', async () => {
  const { edit, save, text, aside } = await desk();
  const file = `users/${BOB}.yaml`;
  const opened = await text(file);
  await edit(set(['containers', 'deny'], ['lab'], file));
  const newest = await text(file);
  await save({ [file]: byHand(opened, [/containers:\n.*\n.*\n/, '']) });
  expect(await aside()).toEqual([newest]);
});

test('what both add to where nothing was is all there', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(set(['users', BOB, 'metadata'], { room: '1' }));
  await edit(disable(ALICE));
  await save({
    'users.yaml': byHand(opened, [
      'username: bob\n',
      'username: bob\n      metadata: {desk: "2"}\n',
    ]),
  });
  expect(store.current().accounts.get(BOB)?.user.metadata).toEqual({ room: '1', desk: '2' });
});

test('an entry that is as it was again has all that the hand did', async () => {
  const { edit, save, text, aside } = await desk();
  const opened = await text();
  await edit(set(['users', BOB, 'metadata'], { room: '1' }));
  await edit(disable(ALICE));
  await edit(set(['users', BOB, 'metadata'], undefined));
  await save({ 'users.yaml': byHand(opened, ['# for the course', '# by hand']) });
  expect(await text()).toContain('# by hand');
  expect(await aside()).toEqual([]);
});

test('what both write that is long tells nothing of what else a hand has seen', async () => {
  const { edit, save, text } = await desk();
  const file = 'containers.yaml';
  const opened = await text(file);
  const rule = `# ${'-'.repeat(40)}`;
  await edit(set(['containers', 'gpu', 'image'], 'gpu:2', file));
  await edit(set(['containers', 'shell', 'description'], rule, file));
  await save({ [file]: byHand(opened, ['  lab:', `  ${rule}\n  lab:`]) });
  expect(await text(file)).toContain('gpu:2');
});
