import { expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { ALICE, BOB, CAROL, LAPTOP } from '../testing/team.ts';
import { add, byHand, desk, disable, isMerged } from './testing/desk.ts';

const CLIENT = '1f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

const addClient =
  (id: string) =>
  (edit: Edit): void => {
    const client = {
      name: 'laptop',
      token_hash: `sha256:${'b'.repeat(64)}`,
      created: '2026-11-23T10:00:00Z',
    };
    edit.set('users.yaml', ['users', id, 'clients', CLIENT], client);
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
