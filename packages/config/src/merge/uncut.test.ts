import { expect, test } from 'vitest';
import { ALICE, BOB, LAPTOP } from '../testing/team.ts';
import { byHand, desk, disable, isMerged, removeBobsFile, revoke, set } from './testing/desk.ts';

/** Layouts of which only a parser can tell where the entries are. */
test.each<[what: string, from: string | RegExp, to: string]>([
  ['a quoted UUID', `${BOB}:`, `"${BOB}":`],
  ['a blank before the colon', `${BOB}:`, `${BOB} :`],
  ['a quoted section', 'users:', '"users":'],
])('a stale save of users.yaml with %s lets nobody in again', async (_, from, to) => {
  const { edit, save, text, store, notices, aside } = await desk();
  await save({ 'users.yaml': byHand(await text(), [from, to]) });
  const opened = await text();
  await edit(revoke);
  await edit(disable(BOB));
  const saved = byHand(opened, ['desk: "12"', 'desk: "13"']);
  await save({ 'users.yaml': saved });
  const { accountOfClient, accounts } = store.current();
  expect(accountOfClient.has(LAPTOP)).toBe(false);
  expect(accounts.get(BOB)?.disabled).toBe(true);
  expect(accounts.get(ALICE)?.user.metadata).toMatchObject({ desk: '13' });
  expect(notices.filter(isMerged)).toHaveLength(1);
  expect(await aside()).toEqual([saved]);
});

test('who was removed from such a file stays out, whatever a stale hand changed about them', async () => {
  const { edit, save, text, store } = await desk();
  await edit(removeBobsFile);
  await save({ 'users.yaml': byHand(await text(), ['users:', '"users":']) });
  const opened = await text();
  await edit(set(['users', BOB], undefined));
  const more = 'username: bob\n      metadata: {room: "1", desk: "2"}\n      rights: [monitor]\n';
  await save({ 'users.yaml': byHand(opened, ['username: bob\n', more]) });
  expect(store.current().accounts.has(BOB)).toBe(false);
});

test('a user deleted by hand from such a file stays out, and so does who was removed meanwhile', async () => {
  const { edit, save, text, store } = await desk();
  await save({ 'users.yaml': byHand(await text(), [`${BOB}:`, `"${BOB}":`]) });
  const opened = await text();
  await edit((change) => {
    change.removeFile(`users/${BOB}.yaml`);
    change.set('users.yaml', ['users', BOB], undefined);
  });
  const alice = new RegExp(`^  # founder\\n  ${ALICE}:\\n(?:    .*\\n|\\n)+`, 'm');
  await save({ 'users.yaml': byHand(opened, [alice, '']) });
  // Each of the two was taken out by one of them.
  expect([...store.current().accounts.keys()]).toEqual([]);
});

test.each(['---\n', '\ufeff', '%YAML 1.2\n---\n'])(
  'what was newer in a file that begins with %j is kept',
  async (start) => {
    const { edit, save, text } = await desk();
    await save({ 'main.yaml': start + (await text('main.yaml')) });
    const opened = await text('main.yaml');
    await edit((change) => {
      change.set('main.yaml', ['admin', 'password_hash'], HASH);
    });
    await save({ 'main.yaml': byHand(opened, ['...', 'logging: {level: debug}\n...']) });
    expect(await text('main.yaml')).toContain(HASH);
    expect(await text('main.yaml')).toContain('debug');
  },
);

test('an older version of such a file as it was is put back on purpose, and stands', async () => {
  const { edit, save, text, notices } = await desk();
  await save({ 'main.yaml': `---\n${await text('main.yaml')}` });
  const opened = await text('main.yaml');
  await edit((change) => {
    change.set('main.yaml', ['logging', 'level'], 'debug');
  });
  await save({ 'main.yaml': opened });
  expect(await text('main.yaml')).toBe(opened);
  expect(notices.filter(isMerged)).toEqual([]);
});

const HASH = `$pbkdf2-sha256$i=600000,l=32$${'B'.repeat(22)}$${'B'.repeat(43)}`;
