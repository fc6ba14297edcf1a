import { expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { ALICE, BOB, CAROL, LAPTOP, TEAM_USERS } from '../testing/team.ts';
import type { Json } from '../yaml/json.ts';
import { add, byHand, desk, disable, isMerged, revoke, set, type Desk } from './testing/desk.ts';

const CLIENT = '1f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

const client = (name: string, letter: string): Json => ({
  name,
  token_hash: `sha256:${letter.repeat(64)}`,
  created: '2026-11-23T10:00:00Z',
});

const addClient =
  (id: string) =>
  (edit: Edit): void => {
    edit.set('users.yaml', ['users', id, 'clients', CLIENT], client('laptop', 'b'));
  };

/** The text without the entry of a user. */
function without(text: string, id: string): string {
  const entry = new RegExp(`^  ${id}:.*\\n(?:    .*\\n|\\n(?=    ))*`, 'm');
  expect(text).toMatch(entry);
  return text.replace(entry, '');
}

test('who is removed by hand stays out, although a client of theirs has just come', async () => {
  const { edit, save, text, store, notices } = await desk();
  await edit(addClient(ALICE));
  await save({ 'users.yaml': without(await text(), ALICE) });
  expect(store.current().accounts.has(ALICE)).toBe(false);
  expect(notices.filter(isMerged)).toEqual([]);
});

test('who is removed by hand stays out, although they have a file of their own', async () => {
  const { save, text, store } = await desk();
  await save({ [`users/${ALICE}.yaml`]: 'version: 1\noverrides: {lab: {persist: true}}\n...\n' });
  await save({ 'users.yaml': without(await text(), ALICE) });
  expect(store.rejection()).toBeUndefined();
  expect(store.current().accounts.has(ALICE)).toBe(false);
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
});

test('the same holds where the hand had not seen what others changed', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(addClient(ALICE));
  await edit(disable(BOB));
  await save({ 'users.yaml': without(byHand(opened, ['# quoted', '# by hand']), ALICE) });
  expect(store.current().accounts.has(ALICE)).toBe(false);
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test.each(['', '\n'])(
  'who has just come and is removed by hand stays out, with %j left in their place',
  async (left) => {
    const { edit, save, text, store } = await desk();
    await edit(add(CAROL, 'carol'));
    await edit(addClient(CAROL));
    const saved = without(await text(), CAROL).replace('...\n', `${left}...\n`);
    await save({ 'users.yaml': saved });
    expect(store.current().accounts.has(CAROL)).toBe(false);
    expect(await text()).toBe(saved);
  },
);

test('who is disabled by hand stays disabled, also where that takes an edit back', async () => {
  const { edit, save, text, store } = await desk();
  await edit(disable(BOB));
  const disabled = await text();
  await edit((change) => {
    change.set('users.yaml', ['users', BOB, 'disabled'], undefined);
  });
  await save({ 'users.yaml': byHand(disabled, ['# quoted', '# by hand']) });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  expect(await text()).toContain('# by hand');
});

test('who comes back because a save looks stale is told of, with the text that has them not', async () => {
  const { edit, save, text, store, notices, aside } = await desk();
  const opened = await text();
  await edit(addClient(ALICE));
  const saved = byHand(opened, ['# for the course', '# by hand']);
  await save({ 'users.yaml': saved });
  expect(store.current().accountOfClient.get(CLIENT)?.id).toBe(ALICE);
  expect(notices.filter(isMerged)).toHaveLength(1);
  expect(await aside()).toEqual([saved]);
});

const note = (edit: Edit): void => {
  edit.set('users.yaml', ['users', ALICE, 'metadata', 'team'], 'vision 2');
};

const LAPTOPS_ENTRY = new RegExp(`^ +# the old one\\n +${LAPTOP}:\\n(?: {8}.*\\n)+`, 'm');

test('a client deleted by hand stays out, whatever else others changed about its user', async () => {
  const { edit, save, text, store } = await desk();
  await edit(addClient(ALICE));
  const opened = await text();
  await edit(note);
  await save({ 'users.yaml': byHand(opened, [LAPTOPS_ENTRY, '']) });
  const { accountOfClient, accounts } = store.current();
  expect([accountOfClient.has(LAPTOP), accountOfClient.has(CLIENT)]).toEqual([false, true]);
  expect(accounts.get(ALICE)?.user.metadata).toMatchObject({ team: 'vision 2' });
});

test('of two clients that go at the same time neither comes back, whether by hand or by command', async () => {
  const { edit, save, text, store } = await desk();
  await edit((change) => {
    change.set('users.yaml', ['users', BOB, 'clients'], {
      [LAPTOP.replace('0', '2')]: client('laptop', 'c'),
      [CLIENT]: client('desk', 'd'),
    });
  });
  const opened = await text();
  await edit((change) => {
    change.set('users.yaml', ['users', BOB, 'clients', LAPTOP.replace('0', '2')], undefined);
  });
  const withoutDesk = new RegExp(`^ +${CLIENT}:\\n(?: {8,}.*\\n)+`, 'm');
  await save({ 'users.yaml': byHand(opened, [withoutDesk, '']) });
  expect(store.current().accounts.get(BOB)?.clients).toEqual({});
});

test.each(['disabled: true', 'disabled: True', 'disabled : true', '"disabled": TRUE'])(
  '%s written by hand stands, and what others changed about the user too',
  async (written) => {
    const { edit, save, text, store, aside } = await desk();
    const opened = await text();
    await edit(note);
    const saved = byHand(opened, ['    rights: [monitor]\n', `    ${written}\n`]);
    await save({ 'users.yaml': saved });
    expect(store.current().accounts.get(ALICE)).toMatchObject({
      disabled: true,
      user: { metadata: { team: 'vision 2' } },
    });
    expect(await aside()).toEqual([saved]);
  },
);

test('who is disabled by hand gets no client back that was revoked', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit((change) => {
    change.set('users.yaml', ['users', ALICE, 'clients', LAPTOP], undefined);
  });
  await save({ 'users.yaml': byHand(opened, ['    rights:', '    disabled: true\n    rights:']) });
  expect(store.current().accounts.get(ALICE)).toMatchObject({ disabled: true, clients: {} });
});

test('who was removed does not come back where a hand has disabled them meanwhile', async () => {
  const { edit, save, text, store, aside } = await desk();
  const opened = await text();
  await edit((change) => {
    change.set('users.yaml', ['users', ALICE], undefined);
  });
  const saved = byHand(opened, ['    rights:', '    disabled: true\n    rights:']);
  await save({ 'users.yaml': saved });
  expect(store.current().accounts.has(ALICE)).toBe(false);
  expect(await aside()).toEqual([saved]);
});

test('a stale save that is written once more brings nobody back', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  await edit(revoke);
  await edit(add(CAROL, 'carol'));
  const saved = byHand(opened, ['desk: "12"', 'desk: "13"']);
  const more = byHand(saved, ['# quoted', '# by hand']);
  for (const one of [saved, saved, more, saved]) {
    await save({ 'users.yaml': one });
    expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
    expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
    expect(store.current().accounts.has(CAROL)).toBe(true);
    expect(await text()).toContain('desk: "13"');
  }
});

test.each([
  ['token_hash', `sha256:${'b'.repeat(64)}`],
  ['expires', '2026-11-02T10:00:00Z'],
])('nor does a client that was locked out by its %s', async (key, value) => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  const saved = byHand(opened, ['# for the course', '# by hand']);
  await edit(set(['users', ALICE, 'clients', LAPTOP, key], value));
  for (const one of [saved, saved, opened]) {
    await save({ 'users.yaml': one });
    const account = store.current().accountOfClient.get(LAPTOP);
    expect(account).toMatchObject({ clients: { [LAPTOP]: { [key]: value } } });
  }
});

test('a client that a hand has locked out is not let in by the older copy of another', async () => {
  const { save, text } = await desk();
  const opened = await text();
  const created = 'created: 2026-11-01T10:00:00Z';
  const expires = 'expires: 2026-11-02T10:00:00Z';
  await save({ 'users.yaml': byHand(opened, [created, `${created}\n        ${expires}`]) });
  await save({ 'users.yaml': byHand(opened, ['# for the course', '# by hand']) });
  expect(await text()).toContain(expires);
  expect(await text()).toContain('# by hand');
});

test('a revoked client comes back nowhere else in a merge', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(revoke);
  await edit(disable(BOB));
  await save({ 'users.yaml': byHand(opened, [ALICE, CAROL]) });
  expect(store.current().accounts.has(CAROL)).toBe(true);
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
});

test('a revoked client that a hand moves to another user stays out', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(revoke);
  const clients = / {4}clients:\n(?: {6,}.*\n)+/;
  const moved = clients.exec(opened)?.[0].replaceAll(/^ {4}/gm, '      ') ?? '';
  const saved = byHand(byHand(opened, [clients, '']), ['- shell\n', `- shell\n${moved}`]);
  await save({ 'users.yaml': saved });
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
});

test.each([
  [
    'a comment by hand',
    (one: Desk) => one.save({ 'users.yaml': byHand(TEAM_USERS, ['# founder', '# boss']) }),
  ],
  ['a user', (one: Desk) => one.edit(add(CAROL, 'carol'))],
])(
  'what took several changes, first %s, is kept aside when a hand puts back what was before',
  async (_, first) => {
    const one = await desk();
    const opened = await one.text();
    await first(one);
    await one.edit(disable(BOB));
    await one.edit(revoke);
    const newest = await one.text();
    await one.save({ 'users.yaml': opened });
    expect(await one.text()).toBe(opened);
    expect(await one.aside()).toEqual([newest]);
  },
);

test('a stale save that is taken back in the editor brings nobody back', async () => {
  const { edit, save, text, store } = await desk();
  const opened = await text();
  await edit(disable(BOB));
  await save({ 'users.yaml': byHand(opened, ['desk: "12"', 'desk: "13"']) });
  await save({ 'users.yaml': opened });
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('a revoked client that a hand gives to somebody else is out, and that is told', async () => {
  const { edit, save, text, store, notices, aside } = await desk();
  const opened = await text();
  await edit(revoke);
  const clients = / {4}clients:\n(?: {6,}.*\n)+/;
  const given = clients.exec(opened)?.[0].replaceAll(/^ {4}/gm, '      ') ?? '';
  const saved = byHand(await text(), ['- shell\n', `- shell\n${given}`]);
  await save({ 'users.yaml': saved });
  expect(store.current().accountOfClient.has(LAPTOP)).toBe(false);
  expect(notices).toContainEqual({
    kind: 'merged',
    file: 'users.yaml',
    kept: [BOB],
    conflicts: [BOB],
  });
  expect(await aside()).toEqual([saved]);
});
