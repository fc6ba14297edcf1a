import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ConfigView, ContainerList, Health, Pong, ProblemBody } from '@berth/contract';
import { Check } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { bearer, newCredential, testApp } from './testing/test-app.ts';

describe('GET /healthz', () => {
  test('answers anyone', async () => {
    const { app } = await testApp();
    const answer = await app.inject('/healthz');
    expect(answer.statusCode).toBe(200);
    expect(Check(Health, answer.json())).toBe(true);
    expect(answer.json()).toMatchObject({ status: 'ok', config: { rejected: false } });
  });

  test('is degraded while the files on disk are invalid', async () => {
    const { app, reject } = await testApp();
    reject();
    expect((await app.inject('/healthz')).json()).toMatchObject({
      status: 'degraded',
      config: { rejected: true },
    });
  });
});

describe('GET /get_config', () => {
  test('gives the caller their own templates with their overrides, and no others', async () => {
    const { app, user } = await testApp();
    const alice = await user('alice', ['lab']);
    const answer = await app.inject({ url: '/get_config', headers: bearer(alice) });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    const view = answer.json<ConfigView>();
    expect(Check(ConfigView, view)).toBe(true);
    expect(view).toMatchObject({
      user: { username: 'alice' },
      limits: { containers: 5 },
      templates: {
        lab: {
          description: 'A lab',
          volumes: [
            { name: 'home', persistent: true },
            { name: 'scratch', persistent: false },
          ],
          ports: [{ container: 8888, label: 'web' }],
        },
      },
    });
    expect(Object.keys(view.templates)).toEqual(['lab']);
  });

  test('answers 304 to who has it already', async () => {
    const { app, user } = await testApp();
    const headers = bearer(await user('alice', ['lab']));
    const { etag } = (await app.inject({ url: '/get_config', headers })).headers;
    const again = await app.inject({
      url: '/get_config',
      headers: { ...headers, 'if-none-match': String(etag) },
    });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
  });

  test('stays the same for a user when another is edited', async () => {
    const { app, user } = await testApp();
    const headers = bearer(await user('alice', ['lab']));
    const before = await app.inject({ url: '/get_config', headers });
    await user('bob', ['gpu']);
    const after = await app.inject({ url: '/get_config', headers });
    expect(after.headers.etag).toBe(before.headers.etag);
    expect(after.body).toBe(before.body);
  });
});

describe('/ping', () => {
  test.each(['GET', 'POST'] as const)('%s tells the time and what to fetch', async (method) => {
    const { app, user } = await testApp();
    const headers = bearer(await user('alice', ['lab']));
    const answer = await app.inject({ method, url: '/ping', headers });
    expect(answer.statusCode).toBe(200);
    const pong = answer.json<Pong>();
    expect(Check(Pong, pong)).toBe(true);
    expect(pong.time).toBe('2026-11-23T10:00:00.000Z');
    const config = await app.inject({ url: '/get_config', headers });
    expect(config.json<ConfigView>().revision).toBe(pong.revision);
  });
});

describe('the credential', () => {
  const paths = [
    ['GET', '/get_config'],
    ['GET', '/ping'],
    ['POST', '/ping'],
    ['GET', '/containers'],
    ['POST', '/containers'],
    ['POST', '/containers/lab/stop'],
  ] as const;

  test.each(paths)('%s %s refuses who has none', async (method, url) => {
    const { app } = await testApp();
    const payload = url === '/containers' && method === 'POST' ? { template: 'lab' } : undefined;
    const request = payload === undefined ? { method, url } : { method, url, payload };
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(401);
    expect(Check(ProblemBody, answer.json())).toBe(true);
    const malformed = await app.inject({ ...request, headers: { authorization: 'Bearer x' } });
    expect(malformed.statusCode).toBe(400);
  });

  test('of an unknown client, with a wrong secret, expired, or of a disabled user: all alike', async () => {
    const { app, user, pass } = await testApp();
    const known = await user('alice', ['lab']);
    const expiring = await user('bob', ['lab'], { expires: '2026-11-23T10:00:01Z' });
    expect((await app.inject({ url: '/ping', headers: bearer(expiring) })).statusCode).toBe(200);
    pass(1000);
    const bodies = await Promise.all(
      [newCredential(), { ...known, secret: newCredential().secret }, expiring].map(
        async (credential) => {
          const answer = await app.inject({ url: '/ping', headers: bearer(credential) });
          expect(answer.statusCode).toBe(401);
          return { ...answer.json<ProblemBody>(), request_id: '' };
        },
      ),
    );
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  test('is never logged', async () => {
    const { app, logged } = await testApp();
    const stranger = newCredential();
    await app.inject({ url: '/ping', headers: bearer(stranger) });
    await app.inject({ url: `/ping?token=${stranger.secret}` });
    expect(logged()).toContain('event: request_refused');
    expect(logged()).not.toContain(stranger.secret);
  });
});

describe('a failure', () => {
  test('is a ProblemBody with the id that the log has', async () => {
    const { app, logged } = await testApp();
    const answer = await app.inject('/nowhere');
    expect(answer.statusCode).toBe(404);
    const body = answer.json<ProblemBody>();
    expect(body).toMatchObject({ code: 'not_found', message: 'There is no GET /nowhere here.' });
    expect(logged()).toContain(body.request_id);
  });

  test.each(['/%zz', '/containers/%zz/stop', `/enroll/${'a'.repeat(300)}`])(
    'of the address %s is 400, and logged',
    async (url) => {
      const { app, logged } = await testApp();
      const answer = await app.inject(url);
      const body = answer.json<ProblemBody>();
      expect([answer.statusCode, body.code]).toEqual([400, 'bad_request']);
      expect(logged()).toContain(body.request_id);
    },
  );

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
    ],
    ['a huge header', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ])('that is %s is told in the same form', async (_, bytes, status) => {
    const { app } = await testApp();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.end(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(Check(ProblemBody, JSON.parse(body))).toBe(true);
  });

  test('of a caller who hangs up in the middle is no failure of ours', async () => {
    const { app, logged } = await testApp();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const head = 'POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const socket = connect(port, '127.0.0.1');
    const begun = once(app.server, 'request');
    socket.write(`${head}Content-Length: 100\r\n\r\n{`);
    await begun;
    socket.destroy();
    await expect.poll(logged).toContain('event: request_refused');
    expect(logged()).not.toContain('severity: error');
  });

  test.each([
    ['no JSON', '{"template":', 'application/json'],
    ['another type', 'template=lab', 'application/x-www-form-urlencoded'],
    ['an unknown key', '{"template":"lab","privileged":true}', 'application/json'],
    ['a number for a name', '{"template":1}', 'application/json'],
    ['nothing', '', 'application/json'],
    ['a list', '[]', 'application/json'],
  ])('of the caller’s: %s is 400', async (_, payload, type) => {
    const { app, user } = await testApp();
    const headers = { ...bearer(await user('alice', ['lab'])), 'content-type': type };
    const answer = await app.inject({ method: 'POST', url: '/containers', headers, payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'bad_request' });
  });

  test('for size is 413', async () => {
    const { app, user } = await testApp();
    const headers = bearer(await user('alice', ['lab']));
    const payload = { template: 'x'.repeat(100_000) };
    const answer = await app.inject({ method: 'POST', url: '/containers', headers, payload });
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([
      413,
      'payload_too_large',
    ]);
  });

  test.each(['/ping?token=x', '/healthz?_', '/containers?limit=1&limit=2'])(
    'for what stands in the query of %s is 400: nothing there is asked for',
    async (url) => {
      const { app, user, logged } = await testApp();
      const answer = await app.inject({ url, headers: bearer(await user('alice', ['lab'])) });
      expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([400, 'bad_request']);
      expect(logged()).not.toContain(url);
    },
  );

  test.each([
    ['a bug', {}],
    // The engine's errors carry its status; what no rule explains of them is not the caller's doing.
    ['an answer of the engine that we do not know', { statusCode: 418 }],
  ])('of ours is 500, told to the log and not to the caller: %s', async (_, more) => {
    const { app, user, faults, logged } = await testApp();
    const headers = bearer(await user('alice', ['lab']));
    faults.fail('containers', Object.assign(new TypeError('x is not a function'), more));
    const answer = await app.inject({ url: '/containers', headers });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('x is not a function');
    expect(logged()).toContain('x is not a function');
    expect(logged()).toContain('severity: error');
  });
});

describe('GET /containers', () => {
  test('lists what is the caller’s', async () => {
    const { app, user } = await testApp();
    const [alice, bob] = [await user('alice', ['lab']), await user('bob', ['lab'])];
    await app.inject({
      method: 'POST',
      url: '/containers',
      headers: bearer(alice),
      payload: { template: 'lab' },
    });
    const hers = await app.inject({ url: '/containers', headers: bearer(alice) });
    expect(Check(ContainerList, hers.json())).toBe(true);
    expect(hers.json<ContainerList>().containers).toMatchObject([
      {
        template: 'lab',
        owner: { username: 'alice' },
        state: 'running',
        network: 'berth.alice',
        ports: [{ container: 8888, host_port: 20_000, label: 'web' }],
        volumes: [
          { name: 'home', target: '/home/user', persistent: true },
          { name: 'scratch', target: '/scratch', persistent: false },
        ],
      },
    ]);
    const his = await app.inject({ url: '/containers', headers: bearer(bob) });
    expect(his.json()).toEqual({ containers: [] });
  });
});
