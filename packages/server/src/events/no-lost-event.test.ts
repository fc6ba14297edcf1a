import { addTemplate, removeUser } from '@berth/config';
import type { ServerEvent } from '@berth/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { bearer, newCredential, tokenHash } from '../testing/test-app.ts';
import { openHouse } from './testing/house.ts';
import { kindsOf, listen } from './testing/listen.ts';

const EDITS = 40;

test('a listener that is cut off again and again hears every event once, in order', async () => {
  const { hear, login, user, allow, change, idOf } = await openHouse();
  const headers = await login();
  await user('alice', ['lab']);
  const steady = await hear(headers);
  await steady.said('id: ');

  const edit = async (): Promise<void> => {
    for (let count = 0; count < EDITS; count += 1) {
      if (count % 2 === 0) await allow('alice', ...(count % 4 === 0 ? [] : ['lab']));
      else await change((one) => addTemplate(one, `t${count}`, { image: 'shell:1' }));
    }
    await change((one) => removeUser(one, idOf('alice')));
  };
  const heard: ServerEvent[] = [];
  let cuts = 0;
  const follow = async (lastId: string): Promise<void> => {
    const lengths = fc.sample(fc.integer({ min: 1, max: 500 }), { numRuns: 10_000, seed: 4 });
    let from = lastId;
    for (const cutAfter of lengths) {
      const listener = await hear(headers, { cutAfter, lastId: from });
      const isLast = listener.heard('client_removed').then(
        () => true,
        () => false,
      );
      const isDone = await isLast;
      heard.push(...listener.events);
      if (isDone) return;
      from = listener.lastId() || from;
      cuts += 1;
    }
  };
  await Promise.all([edit(), follow(steady.lastId())]);
  await steady.heard('client_removed');
  expect(heard).toEqual(steady.events);
  expect(heard.length).toBeGreaterThan(2 * EDITS);
  expect(cuts).toBeGreaterThan(20);
});

const LISTENER = newCredential();

const USERS = `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    containers: [lab]
    clients:
      ${LISTENER.clientId}: {name: laptop, token_hash: "${tokenHash(LISTENER)}", created: 2026-11-23T10:00:00Z, expires: null}
...
`;

test.each([
  ['stops', 'SIGTERM', ['config_changed', 'ended']],
  ['is killed', 'SIGKILL', ['config_changed']],
] as const)(
  'when the server %s, who comes back to the next one is told to fetch everything anew',
  async (_what, signal, before) => {
    const berthd = await berthdFolder({ 'users.yaml': USERS });
    const first = await berthd.serve();
    const listener = await listen(first.url, bearer(LISTENER));
    await berthd.write('users.yaml', USERS.replace('[lab]', '[shell]'));
    await listener.heard('config_changed');
    first.child.kill(signal);
    await Promise.all([listener.ended, first.ended]);
    expect(kindsOf(listener)).toEqual(before);

    const second = await berthd.serve();
    const again = await listen(second.url, bearer(LISTENER), { lastId: listener.lastId() });
    await again.heard('reset');
    await berthd.write('users.yaml', USERS);
    await again.heard('config_changed');
    expect(kindsOf(again)).toEqual(['reset', 'config_changed']);
  },
);
