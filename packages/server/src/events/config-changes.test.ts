import { addClient, addUser, removeTemplate, removeUser, updateAdmin } from '@berth/config';
import { expect, test } from 'vitest';
import { newCredential, testApp, tokenHash, type TestApp } from '../testing/test-app.ts';
import { configChanges, type LookAlike } from './config-changes.ts';
import type { Publication } from './ring.ts';

/** As far as these tests go. */
const lookAlike: LookAlike = (earlier, later) =>
  [...earlier.templates].join(' ') === [...later.templates].join(' ');

type Work = Parameters<TestApp['edit']>[1];

/** What an edit is, to whom, without that it was accepted. */
async function changesOf(house: TestApp, work: Work): Promise<Publication[]> {
  const before = house.config();
  await house.edit({ by: 'test', what: 'change something' }, work);
  const after = house.config();
  const [accepted, ...changes] = configChanges(before, after, lookAlike);
  expect(accepted).toEqual({
    event: { kind: 'config_accepted', revision: after.revision },
    audience: { right: 'monitor' },
  });
  return changes;
}

const admin = { right: 'admin' };

test('a user who comes and goes, with their clients', async () => {
  const house = await testApp();
  const [id, credential] = [crypto.randomUUID(), newCredential()];
  const user = { id, username: 'alice' };
  const client = { id: credential.clientId, name: 'laptop' };
  const added = await changesOf(house, (edit) => {
    addUser(edit, id, { username: 'alice' });
    addClient(edit, id, credential.clientId, {
      name: 'laptop',
      token_hash: tokenHash(credential),
      created: '2026-11-23T10:00:00Z',
    });
  });
  expect(added).toEqual([
    { event: { kind: 'user_added', user }, audience: admin },
    { event: { kind: 'client_added', user, client }, audience: { ...admin, users: new Set([id]) } },
  ]);
  const removed = await changesOf(house, (edit) => {
    removeUser(edit, id);
  });
  expect(removed.map(({ event }) => event.kind)).toEqual(['user_removed', 'client_removed']);
});

test('a template that users may start, gone with what they may start', async () => {
  const house = await testApp();
  await house.user('alice', ['lab', 'gpu']);
  await house.user('bob', ['lab']);
  const alice = house.config().accountByName.get('alice')?.id ?? '';
  const changes = await changesOf(house, (edit) => {
    removeTemplate(edit, 'gpu', { force: true });
  });
  expect(changes).toEqual([
    { event: { kind: 'config_changed' }, audience: { users: new Set([alice]) } },
    { event: { kind: 'template_removed', template: 'gpu' }, audience: admin },
    { event: { kind: 'user_changed', user: { id: alice, username: 'alice' } }, audience: admin },
  ]);
});

test('what makes all accounts anew is not told as if it had changed them', async () => {
  const house = await testApp();
  await house.user('alice', ['lab']);
  expect(await changesOf(house, (edit) => updateAdmin(edit, { username: 'root' }))).toEqual([]);
});

test('very many users at once are told by their number', async () => {
  const house = await testApp();
  const add =
    (count: number): Work =>
    (edit) => {
      for (let index = 0; index < count; index += 1) {
        addUser(edit, crypto.randomUUID(), { username: `u${count}-${index}` });
      }
    };
  expect(await changesOf(house, add(100))).toHaveLength(100);
  expect(await changesOf(house, add(101))).toEqual([
    { event: { kind: 'users_changed', count: 101 }, audience: admin },
  ]);
});
