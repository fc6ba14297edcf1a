import type { ProblemBody } from '@berth/contract';
import { expect, test } from 'vitest';
import { bearer, PASSWORD, testApp, type TestApp } from '../testing/test-app.ts';

interface Write {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
}

/** Every route that changes something. */
function writesOf({ app }: TestApp): Write[] {
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
  const writes = app.declared.flatMap(({ method: declared, url }) =>
    methods
      .filter((method) => [declared].flat().includes(method))
      .map((method) => ({ method, url })),
  );
  expect(writes).toContainEqual({ method: 'DELETE', url: '/admin/logins/:id' });
  expect(writes).toContainEqual({ method: 'POST', url: '/containers/:ref/stop' });
  return writes;
}

const isForAnyone = ({ url }: Write): boolean => ['/login', '/enroll'].includes(url);

test('every write of a login without its token, or from another site, is 403 (CSRF)', async () => {
  const house = await testApp();
  await house.person('alice', { rights: ['admin'] });
  const headers = await house.login('alice');
  const other = await house.login('alice');
  const { 'x-csrf-token': token, origin, cookie } = headers;
  for (const route of writesOf(house)) {
    if (isForAnyone(route)) continue;
    for (const [what, wrong] of Object.entries({
      'no token': { cookie, origin },
      'a wrong token': { ...headers, 'x-csrf-token': 'x' },
      'the token of another login': { ...headers, 'x-csrf-token': other['x-csrf-token'] },
      'no origin': { cookie, 'x-csrf-token': token },
      'an evil origin': { ...headers, origin: 'http://evil.example' },
      'a page without origin': { ...headers, origin: 'null' },
      'another scheme': { ...headers, origin: 'https://localhost' },
      'another port': { ...headers, origin: 'http://localhost:81' },
      'a neighbour': { cookie, 'x-csrf-token': token, 'sec-fetch-site': 'same-site' },
    })) {
      const { statusCode } = await house.app.inject({ ...route, headers: wrong });
      expect([route, what, statusCode]).toEqual([route, what, 403]);
    }
  }
});

test('what anyone may write, a page of another site may not: a login can be forged as well', async () => {
  const house = await testApp();
  const routes = writesOf(house).filter(isForAnyone);
  for (const route of routes) {
    const headers = { origin: 'http://evil.example', 'content-type': 'application/json' };
    const answer = await house.app.inject({ ...route, headers, payload: '{}' });
    expect(answer.json<ProblemBody>().code).toBe('untrusted_origin');
  }
  const payload = { username: 'admin', password: PASSWORD };
  for (const headers of [{}, { origin: 'http://localhost' }]) {
    const answer = await house.app.inject({ method: 'POST', url: '/login', headers, payload });
    expect(answer.statusCode).toBe(200);
  }
});

test('a page of our own may write, also where the browser tells only that it is one', async () => {
  const house = await testApp();
  const { origin: _, ...headers } = await house.login();
  const own = { ...headers, 'sec-fetch-site': 'same-origin' };
  const answer = await house.app.inject({ method: 'POST', url: '/logout', headers: own });
  expect(answer.statusCode).toBe(204);
});

test('a client’s write needs neither: no browser adds its credential by itself', async () => {
  const house = await testApp();
  const headers = bearer(await house.user('alice', []));
  expect((await house.app.inject({ method: 'POST', url: '/ping', headers })).statusCode).toBe(200);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
  'a form of another site, %s, is not read',
  async (type) => {
    const { app } = await testApp();
    const payload = JSON.stringify({ username: 'admin', password: PASSWORD });
    const headers = { 'content-type': type };
    const answer = await app.inject({ method: 'POST', url: '/login', headers, payload });
    expect(answer.statusCode).toBe(400);
  },
);
