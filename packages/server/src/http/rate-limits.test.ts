import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProblemBody } from '@berth/contract';
import { expect, test } from 'vitest';
import { bearer, newCredential, PASSWORD, testApp, type TestApp } from '../testing/test-app.ts';

interface Asked {
  readonly url?: string;
  readonly headers?: Record<string, string>;
  /** Where it comes from. */
  readonly remoteAddress?: string;
  readonly payload?: object;
}

/** What each of many such requests is answered with, in order. */
async function statuses({ app }: TestApp, many: number, asked: Asked = {}): Promise<number[]> {
  const { payload, ...rest } = asked;
  const all = [];
  for (let n = 0; n < many; n += 1) {
    const request = payload === undefined ? {} : { method: 'POST' as const, payload };
    all.push((await app.inject({ url: '/ping', ...rest, ...request })).statusCode);
  }
  return all;
}

test('a client that asks too often is told when to come again, and others are not', async () => {
  const house = await testApp({ rateLimit: '{per_minute: 3}' });
  const [alice, bob] = [await house.user('alice', []), await house.user('bob', [])];
  expect(await statuses(house, 4, { headers: bearer(alice) })).toEqual([200, 200, 200, 429]);
  const refused = await house.app.inject({ url: '/ping', headers: bearer(alice) });
  expect(refused.headers['retry-after']).toBe('20');
  expect(refused.json<ProblemBody>()).toMatchObject({
    code: 'rate_limited',
    message: 'Too many requests from this client. Try again in 20 seconds.',
    details: { retry_after_seconds: 20 },
  });
  expect(await statuses(house, 1, { headers: bearer(bob) })).toEqual([200]);
  house.pass(20_000);
  expect(await statuses(house, 2, { headers: bearer(alice) })).toEqual([200, 429]);
});

test('a limit that is changed is in force at once', async () => {
  const house = await testApp({ rateLimit: '{per_minute: 1}' });
  const headers = bearer(await house.user('alice', []));
  expect(await statuses(house, 2, { headers })).toEqual([200, 429]);
  const path = join(house.directory, 'main.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('per_minute: 1', 'per_minute: 60'));
  // A change of any other file is one to look at all.
  await house.user('bob', []);
  house.pass(1000);
  expect(await statuses(house, 1, { headers })).toEqual([200]);
});

test('a login counts by itself, apart from its user’s clients', async () => {
  const house = await testApp({ rateLimit: '{per_minute: 1, browser_per_minute: 2}' });
  const alice = await house.user('alice', []);
  await house.person('alice');
  const headers = await house.login('alice');
  const url = '/containers';
  expect(await statuses(house, 3, { url, headers })).toEqual([200, 200, 429]);
  expect(await statuses(house, 2, { url, headers: bearer(alice) })).toEqual([200, 429]);
});

test.each([
  ['asks without a credential', {}, 401],
  ['asks with a wrong one', { headers: bearer(newCredential()) }, 401],
  ['asks with a malformed one', { headers: { authorization: 'Bearer x' } }, 400],
  ['asks for what is for anyone', { url: '/healthz' }, 200],
  ['asks for what is not there', { url: '/nothing' }, 404],
])('an address from where somebody %s', async (_, asked, status) => {
  const house = await testApp({ rateLimit: '{address_per_minute: 2}' });
  expect(await statuses(house, 3, asked)).toEqual([status, status, 429]);
  expect(await statuses(house, 1, { ...asked, remoteAddress: '10.0.0.2' })).toEqual([status]);
});

test('all addresses that one household has count as one', async () => {
  const house = await testApp({ rateLimit: '{address_per_minute: 2}' });
  const from = (remoteAddress: string) => statuses(house, 1, { url: '/healthz', remoteAddress });
  expect(await from('2001:db8::1')).toEqual([200]);
  expect(await from('2001:db8::2')).toEqual([200]);
  expect(await from('2001:db8::3')).toEqual([429]);
  expect(await from('2001:db8:0:1::1')).toEqual([200]);
});

test('whoever says that they come from elsewhere is not believed', async () => {
  const house = await testApp({ rateLimit: '{address_per_minute: 100}' });
  const answers = [];
  for (let n = 0; n < 200; n += 1) {
    const headers = { 'x-forwarded-for': `10.0.0.${n}`, 'x-real-ip': `10.0.0.${n}` };
    answers.push(...(await statuses(house, 1, { url: '/healthz', headers })));
  }
  expect(answers.filter((status) => status === 429)).toHaveLength(100);
});

const login = (username: string, password = 'wrong') => ({
  url: '/login',
  payload: { username, password },
});

test('tries to log in are few from one address, whoever they are for', async () => {
  const house = await testApp({ rateLimit: '{login_per_minute: 3}' });
  expect(await statuses(house, 2, login('admin'))).toEqual([401, 401]);
  expect(await statuses(house, 2, login('nobody'))).toEqual([401, 429]);
  expect(await statuses(house, 1, { url: '/healthz' })).toEqual([200]);
});

test('tries for one account are few from everywhere, but its owner gets in from where they always do', async () => {
  const house = await testApp({ rateLimit: '{login_per_minute: 3}' });
  const home = '192.168.1.7';
  const right = login('admin', PASSWORD);
  expect(await statuses(house, 1, { ...right, remoteAddress: home })).toEqual([200]);
  house.pass(60_000);
  const answers = [];
  for (let n = 0; n < 5; n += 1) {
    answers.push(
      ...(await statuses(house, 1, { ...login('admin'), remoteAddress: `10.0.0.${n}` })),
    );
  }
  expect(answers).toEqual([401, 401, 401, 429, 429]);
  expect(await statuses(house, 1, { ...right, remoteAddress: '10.9.9.9' })).toEqual([429]);
  expect(await statuses(house, 1, { ...right, remoteAddress: home })).toEqual([200]);
});

test('asking to be let in is limited apart', async () => {
  const house = await testApp({ rateLimit: '{enrol_per_minute: 2}' });
  const payload = { client_id: 'x' };
  expect(await statuses(house, 3, { url: '/enroll', payload })).toEqual([400, 400, 429]);
  expect(await statuses(house, 1, { url: '/healthz' })).toEqual([200]);
});
