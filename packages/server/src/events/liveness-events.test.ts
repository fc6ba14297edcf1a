import { addUser, addClient } from '@berth/config';
import type { Credential } from '@berth/contract';
import { expect, test } from 'vitest';
import { openHouse, type House } from './testing/house.ts';
import { bearer, newCredential, tokenHash } from '../testing/test-app.ts';

const ping = (house: House, client: Credential) =>
  house.app.inject({ url: '/ping', headers: bearer(client) });

test('who pings again, and who falls silent, is told to who watches and to themselves', async () => {
  const house = await openHouse();
  const [alice, bob] = [await house.user('alice', []), await house.user('bob', [])];
  const admin = await house.hear(await house.login());
  const [herself, other] = [await house.hear(alice), await house.hear(bob)];
  await ping(house, alice);
  house.pass(200);
  expect(await admin.heard('user_live')).toMatchObject({ user: { username: 'alice' } });
  await ping(house, alice);
  house.pass(170_000);
  await ping(house, bob);
  house.pass(15_000);
  expect(await admin.heard('user_stale')).toMatchObject({ user: { username: 'alice' } });
  await herself.heard('user_stale');
  await other.heard('user_live');
  expect(other.events.map(({ kind }) => kind)).toEqual(['user_live']);
  expect(admin.events.filter(({ kind }) => kind === 'user_live')).toHaveLength(2);
  await ping(house, alice);
  house.pass(200);
  await admin.heard('user_live', 3);
});

test('very many at once are told by their number', async () => {
  const house = await openHouse();
  const clients = Array.from({ length: 101 }, newCredential);
  await house.change((edit) => {
    for (const [index, client] of clients.entries()) {
      const id = crypto.randomUUID();
      addUser(edit, id, { username: `u${index}` });
      const created = '2026-11-23T10:00:00Z';
      addClient(edit, id, client.clientId, { name: 'x', token_hash: tokenHash(client), created });
    }
  });
  const admin = await house.hear(await house.login());
  for (const client of clients) await ping(house, client);
  house.pass(200);
  expect(await admin.heard('liveness_changed')).toMatchObject({ count: 101 });
});
