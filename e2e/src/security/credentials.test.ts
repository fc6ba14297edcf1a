import { readFile } from 'node:fs/promises';
import { formatAuthorization } from '@berth/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { houseForTest, openHouse } from '../support/house.ts';
import { headersOf, logIn } from '../support/login.ts';
import { send } from '../support/send.ts';

const PASSWORD = 'correct horse battery';
const TEMPLATES = '  lab: {image: IMAGE}';

let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  house = await openHouse({ templates: TEMPLATES, adminPassword: PASSWORD });
});

afterAll(() => house.close());

test('N: UUID as the only credential', async () => {
  const alice = await house.user('alice', ['lab']);
  const { clientId, secret } = await alice.credential();
  const answerTo = async (authorization: string): Promise<string> => {
    const { status, body } = await send(house.url, '/ping', { headers: { authorization } });
    const { request_id: _, ...rest } = JSON.parse(body) as Record<string, unknown>;
    return `${status} ${JSON.stringify(rest)}`;
  };
  const refusals = [
    await answerTo(`Bearer ${clientId}`),
    await answerTo(formatAuthorization({ clientId: crypto.randomUUID(), secret })),
  ];
  expect((await house.berthd('client', 'revoke', 'alice', clientId)).code).toBe(0);
  refusals.push(await answerTo(formatAuthorization({ clientId, secret })));
  expect(refusals[0]).toMatch(/^401 /);
  expect(new Set(refusals).size).toBe(1);
});

test('N: token leaks', async () => {
  const bob = await house.user('bob', ['lab']);
  const { clientId, secret } = await bob.credential();
  for (const path of [`/ping?token=${secret}`, `/containers?authorization=${clientId}.${secret}`]) {
    expect((await send(house.url, path)).status, path).not.toBe(200);
    const headers = { authorization: formatAuthorization({ clientId, secret }) };
    expect((await send(house.url, path, { headers })).status, path).toBe(400);
  }
  await send(house.url, '/enroll', { method: 'POST', body: `{"${secret}":` });
  await send(house.url, '/enroll', { method: 'POST', body: { client_id: secret, name: 1 } });
  await logIn(house.url, 'bob', secret);
  await send(house.url, '/ping', { headers: { authorization: `Bearer x.${secret}` } });
  const commandLine = await readFile(`/proc/${house.pid()}/cmdline`, 'utf8');
  expect(`${house.said()}${commandLine}`).not.toContain(secret);
});

test('N: login CPU exhaustion', async () => {
  const carol = await house.user('carol', ['lab']);
  const headers = { authorization: formatAuthorization(await carol.credential()) };
  const order: string[] = [];
  const logins = Array.from({ length: 100 }, async (_, n) => {
    const { status } = await logIn(house.url, `nobody${n}`, 'wrong');
    order.push(`login ${status}`);
    return status;
  });
  const ping = send(house.url, '/ping', { headers }).then(({ status }) => {
    order.push(`ping ${status}`);
  });
  const statuses = await Promise.all(logins);
  await ping;
  // Those that were let in are checked two at a time, a quarter of a second each. Who does not have to
  // wait for them comes before most; who has to, comes behind all.
  const checked = (some: string[]): number => some.filter((one) => one === 'login 401').length;
  const before = checked(order.slice(0, order.indexOf('ping 200')));
  expect(before).toBeLessThan(checked(order) / 2);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  const long = await logIn(house.url, 'admin', 'x'.repeat(2000));
  expect(long.status).toBe(400);
});

test('D: iteration downgrade', async () => {
  const weak = await houseForTest({ templates: TEMPLATES, adminPassword: PASSWORD });
  await weak.edit('main.yaml', /\$pbkdf2-sha256\$i=\d+/, '$pbkdf2-sha256$i=1');
  expect((await logIn(weak.url, 'admin', PASSWORD)).status).toBe(401);
  expect(weak.said()).toMatch(/1 round of PBKDF2/);
});

test('B: session fixation, theft', async () => {
  const preset = { cookie: '__Host-berth=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
  const answer = await logIn(house.url, 'admin', PASSWORD, preset);
  const given = answer.headers['set-cookie']?.[0] ?? '';
  expect(given).toMatch(/^__Host-berth=[\w-]{43}; /);
  expect(given).not.toContain(preset.cookie);
  for (const part of ['HttpOnly', 'Secure', 'SameSite=Strict', 'Path=/']) {
    expect(given).toContain(part);
  }
  expect(given).not.toMatch(/Domain/i);
  const headers = headersOf(house.url, answer);
  expect((await send(house.url, '/login', { headers })).status).toBe(200);
  expect((await send(house.url, '/login', { headers: preset })).status).toBe(401);
  const again = headersOf(house.url, await logIn(house.url, 'admin', PASSWORD, headers));
  expect(again.cookie).not.toBe(headers.cookie);
  await send(house.url, '/logout', { method: 'POST', headers: again });
  expect((await send(house.url, '/login', { headers: again })).status).toBe(401);
});

test('B: CSRF, JSON too', async () => {
  const headers = headersOf(house.url, await logIn(house.url, 'admin', PASSWORD));
  const { 'x-csrf-token': _, ...tokenless } = headers;
  const { body } = await send(house.url, '/openapi.json');
  const { paths } = JSON.parse(body) as {
    paths: Record<string, Record<string, { security: Record<string, unknown>[] }>>;
  };
  const writes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(
        ([method, { security }]) => method !== 'get' && security.some((one) => 'login' in one),
      )
      .map(([method]) => ({
        method: method.toUpperCase(),
        path: path.replaceAll(/\{\w+\}/g, 'x'),
      })),
  );
  expect(writes.length).toBeGreaterThan(3);
  for (const { method, path } of writes) {
    for (const forged of [tokenless, { ...headers, origin: 'http://evil.example' }]) {
      const answer = await send(house.url, path, { method, headers: forged, body: {} });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  const sent = await send(house.url, '/logout', { method: 'POST', headers: form, body: 'a=b' });
  expect(sent.status).toBeGreaterThanOrEqual(400);
  expect((await send(house.url, '/login', { headers })).status).toBe(200);
});
