import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoginView } from '@berth/contract';
import { expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';

const PASSWORD = 'correct horse battery';

/** A folder whose admin has this password. */
async function withAdmin(): Promise<Berthd> {
  const berthd = await berthdFolder();
  await setPassword(berthd, PASSWORD);
  return berthd;
}

async function setPassword(berthd: Berthd, password: string): Promise<void> {
  const set = await berthd.run(['admin', 'password', '--password-stdin'], { input: password });
  expect(set.stderr).toBe('');
}

async function logIn(url: string, password: string): Promise<{ cookie: string; view: LoginView }> {
  const answer = await fetch(new URL('/login', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  expect(answer.status).toBe(200);
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  return { cookie, view: (await answer.json()) as LoginView };
}

const statusOf = async (url: string, cookie: string): Promise<number> =>
  (await fetch(new URL('/login', url), { headers: { cookie } })).status;

test('a login outlives the server that made it, also a killed one', async () => {
  const berthd = await withAdmin();
  const first = await berthd.serve();
  const { cookie } = await logIn(first.url, PASSWORD);
  await first.kill();
  const second = await berthd.serve();
  expect(await statusOf(second.url, cookie)).toBe(200);
});

test('`berthd admin password` ends the admin’s logins by the time it is done', async () => {
  const berthd = await withAdmin();
  const { url } = await berthd.serve();
  const { cookie } = await logIn(url, PASSWORD);
  expect(await statusOf(url, cookie)).toBe(200);
  await setPassword(berthd, 'another correct horse');
  expect(await statusOf(url, cookie)).toBe(401);
});

test('an editor that changes the password ends the logins as well', async () => {
  const berthd = await withAdmin();
  const { url, printed } = await berthd.serve();
  const { cookie } = await logIn(url, PASSWORD);
  const main = await readFile(join(berthd.directory, 'main.yaml'), 'utf8');
  await berthd.write(
    'main.yaml',
    main.replace(/password_hash: .*?\}/, `password_hash: "${HASH}"}`),
  );
  await printed(/config_reloaded/);
  expect(await statusOf(url, cookie)).toBe(401);
});

const HASH =
  '$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** 100 tries at once, and a ping that comes when they are under way. */
test('100 parallel logins do not delay a ping, and the excess is 429 (login CPU exhaustion)', async () => {
  const berthd = await withAdmin();
  const { url } = await berthd.serve();
  const order: (number | 'ping')[] = [];
  const tries = Array.from({ length: 100 }, async () => {
    const { status } = await fetch(new URL('/login', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'nobody', password: 'wrong' }),
    });
    order.push(status);
  });
  // Once the first is refused, all places are taken and their work has begun.
  await expect.poll(() => order.includes(429)).toBe(true);
  await fetch(new URL('/healthz', url));
  order.push('ping');
  await Promise.all(tries);
  expect(order.slice(order.indexOf('ping')).filter((one) => one === 401).length).toBeGreaterThan(
    10,
  );
  // Two are checked at a time and twenty wait; some of these are done before the last has asked.
  expect(order.filter((one) => one === 401).length).toBeGreaterThanOrEqual(22);
  expect(order.filter((one) => one === 429).length).toBeGreaterThan(50);
  expect(order).toHaveLength(101);
});
