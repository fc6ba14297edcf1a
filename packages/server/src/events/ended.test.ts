import { once } from 'node:events';
import type { Socket } from 'node:net';
import { removeClient, removeUser, updateClient, updateUser, type Edit } from '@berth/config';
import type { Credential } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { openHouse, type House } from './testing/house.ts';
import { kindsOf, type ListenerOfTest } from './testing/listen.ts';

const MOST_OF_ONE = 16;
const BEAT_MS = 15_000;

describe('a stream ends at once', () => {
  const expectEnded = async (listener: ListenerOfTest, reason: string): Promise<void> => {
    await listener.ended;
    expect(listener.events).toMatchObject([{ kind: 'ended', reason }]);
  };

  test.each<[string, (edit: Edit, id: string, clientId: string) => void]>([
    ['the user is disabled', (edit, id) => updateUser(edit, id, { disabled: true })],
    ['the user is removed', (edit, id) => removeUser(edit, id)],
    ['the client is revoked', (edit, id, client) => removeClient(edit, id, client)],
    [
      'the token is another',
      (edit, id, client) =>
        updateClient(edit, id, client, { token_hash: `sha256:${'1'.repeat(64)}` }),
    ],
  ])('when %s', async (_what, work) => {
    const { hear, user, change, idOf } = await openHouse();
    const credential = await user('alice', []);
    const alice = await hear(credential);
    await change((edit) => {
      work(edit, idOf('alice'), credential.clientId);
    });
    await expectEnded(alice, 'not_logged_in');
  });

  test('when the client’s credential expires', async () => {
    const { hear, user, pass } = await openHouse();
    const alice = await hear(await user('alice', [], { expires: '2026-11-23T10:01:00Z' }));
    for (let beat = 0; beat < 4; beat += 1) pass(BEAT_MS);
    await expectEnded(alice, 'not_logged_in');
  });

  test('when the login ends, and no other', async () => {
    const { app, hear, login } = await openHouse();
    const [one, other] = [await login(), await login()];
    const [first, second] = [await hear(one), await hear(other)];
    await app.inject({ method: 'POST', url: '/logout', headers: one });
    await expectEnded(first, 'not_logged_in');
    expect(kindsOf(second)).toEqual([]);
  });

  test('when the login was not used for too long: to listen is not to use it', async () => {
    const { hear, login, pass } = await openHouse();
    const admin = await hear(await login());
    for (let minute = 0; minute < 30; minute += 1) pass(60_000);
    await expectEnded(admin, 'not_logged_in');
  });

  test('when rights change, with nothing heard by the old ones', async () => {
    const { hear, user, update } = await openHouse();
    const client = await user('mona', []);
    await update('mona', { rights: ['monitor'] });
    const mona = await hear(client);
    await update('mona', { rights: [] });
    await expectEnded(mona, 'rights_changed');
  });

  test('when another password has to be set first', async () => {
    const { hear, login, person, update } = await openHouse();
    await person('ada', { rights: ['admin'] });
    const ada = await hear(await login('ada'));
    await update('ada', { change_password: true });
    await expectEnded(ada, 'rights_changed');
  });

  test('when the server stops, which does not wait for it', async () => {
    const { app, hear, user } = await openHouse();
    const alice = await hear(await user('alice', []));
    await app.close();
    await expectEnded(alice, 'stopping');
  });
});

describe('too many', () => {
  /** Listens as often as one may; returns the server’s ends of the connections. */
  const fill = async (
    { app, hear }: House,
    who: Credential,
  ): Promise<[ListenerOfTest, Socket][]> => {
    const listeners: [ListenerOfTest, Socket][] = [];
    for (let count = 0; count < MOST_OF_ONE; count += 1) {
      const connected = once(app.server, 'connection') as Promise<[Socket]>;
      const listener = await hear(who);
      listeners.push([listener, (await connected)[0]]);
    }
    return listeners;
  };

  test('of one user are refused, and others are not', async () => {
    const house = await openHouse();
    const [alice, bob] = [await house.user('alice', []), await house.user('bob', [])];
    await fill(house, alice);
    const { answer } = await house.hear(alice);
    expect(answer.statusCode).toBe(429);
    expect((await house.hear(bob)).answer.statusCode).toBe(200);
  });

  test('make room when one goes', async () => {
    const house = await openHouse();
    const alice = await house.user('alice', []);
    const [first] = await fill(house, alice);
    if (first === undefined) throw new Error('Nobody listens');
    const [listener, socket] = first;
    const closed = once(socket, 'close');
    listener.cut();
    await closed;
    expect((await house.hear(alice)).answer.statusCode).toBe(200);
  });
});

test('who does not read is cut off, and costs the others nothing', async () => {
  const { app, hear, login, events, pass } = await openHouse();
  const headers = await login();
  const connected = once(app.server, 'connection') as Promise<[Socket]>;
  const sleeper = await hear(headers);
  const [socket] = await connected;
  sleeper.answer.pause();
  const closed = once(socket, 'close');
  const reader = await hear(headers);
  const portion = Array.from({ length: 300 }, () => ({
    event: { kind: 'template_added', template: 'a'.repeat(3000) } as const,
    audience: { right: 'admin' } as const,
  }));
  // More than the kernel keeps for a connection, and than the server keeps at all.
  for (let count = 1; count <= 30; count += 1) {
    events.publish(portion);
    await reader.heard('template_added', count * portion.length);
    expect(socket.writableLength).toBeLessThan(256 * 1024);
  }
  pass(BEAT_MS);
  events.publish(portion);
  await reader.heard('template_added', 31 * portion.length);
  pass(BEAT_MS);
  await closed;
  expect(reader.answer.closed).toBe(false);
});
