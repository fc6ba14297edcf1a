import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ChangedUser,
  LoginView,
  ProblemBody,
  RemovedUser,
  UserPage,
  UserView,
} from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { refusedStatuses, sendAs, type Send } from '../testing/as-admin.ts';
import { bearer, PASSWORD, testApp, type TestApp } from '../testing/test-app.ts';

interface WithAlice {
  readonly house: TestApp;
  readonly send: Send;
  readonly id: string;
  readonly url: string;
  readonly alice: { authorization: string };
}

async function withAlice(): Promise<WithAlice> {
  const house = await testApp();
  const alice = bearer(await house.user('alice', ['lab']));
  const id = house.config().accountByName.get('alice')?.id ?? '';
  return { house, send: await sendAs(house), id, url: `/admin/users/${id}`, alice };
}

const problem = ({ body }: { readonly body: string }): ProblemBody =>
  JSON.parse(body) as ProblemBody;

const start = ({ app }: TestApp, headers: { authorization: string }) =>
  app.inject({ method: 'POST', url: '/containers', headers, payload: { template: 'lab' } });

const NOBODY = '00000000-0000-4000-8000-000000000000';

test('is for admins: not for a client’s credential, nor for who has no such right', async () => {
  const { house, alice, url } = await withAlice();
  for (const request of [
    ['GET', '/admin/users'],
    ['POST', '/admin/users', { username: 'bob' }],
    ['GET', url],
    ['PATCH', url, { disabled: true }],
    ['DELETE', `${url}?volumes=keep`],
    ['PATCH', `${url}/access`, { containers: [] }],
    ['POST', `${url}/access/give`, { templates: ['gpu'] }],
    ['PATCH', `${url}/own`, { limits: null }],
  ] as const) {
    expect(await refusedStatuses(house, alice, request), request[1]).toEqual([401, 403, 403]);
  }
  expect(house.config().accounts.size).toBe(2);
});

test('is for every user who has the right, and the history says who it was', async () => {
  const { house } = await withAlice();
  await house.person('root', { rights: ['admin'] });
  const send = await sendAs(house, 'root');
  expect((await send('POST', '/admin/users', { username: 'bob' })).statusCode).toBe(201);
  const trail = (await send('GET', '/admin/audit?by=root&action=change_configuration')).json<{
    entries: object[];
  }>();
  expect(trail.entries).toMatchObject([
    { what: 'add user bob', by: { kind: 'user', name: 'root' }, from: '127.0.0.1' },
  ]);
});

describe('GET /admin/users', () => {
  test('pages by name, and filters', async () => {
    const { house, send } = await withAlice();
    for (const name of ['carol', 'bob', 'albert']) await house.user(name, ['gpu']);
    await house.person('bob', { rights: ['monitor'], disabled: true });
    const names = async (query: string): Promise<string[]> =>
      (await send('GET', `/admin/users${query}`))
        .json<UserPage>()
        .users.map(({ username }) => username);
    expect(await names('')).toEqual(['albert', 'alice', 'bob', 'carol']);
    expect(await names('?name=al')).toEqual(['albert', 'alice']);
    expect(await names('?template=lab')).toEqual(['alice']);
    expect(await names('?right=monitor')).toEqual(['bob']);
    expect(await names('?disabled=false&name=b')).toEqual([]);
    const first = (await send('GET', '/admin/users?limit=3')).json<UserPage>();
    expect(first.total).toBe(4);
    expect(await names(`?limit=3&after=${first.next}`)).toEqual(['carol']);
  });

  test('refuses a limit that is too large, in words', async () => {
    const { send } = await withAlice();
    const answer = await send('GET', '/admin/users?limit=1001');
    expect([answer.statusCode, problem(answer).message]).toEqual([
      400,
      expect.stringContaining('limit: must be at most 1000'),
    ]);
  });
});

describe('POST /admin/users', () => {
  test('adds a user who can log in and has to set another password', async () => {
    const { house, send } = await withAlice();
    const payload = {
      username: 'bob',
      password: PASSWORD,
      containers: ['lab'],
      rights: ['monitor'],
      metadata: { team: 'vision' },
    };
    const answer = await send('POST', '/admin/users', payload);
    const bob = answer.json<UserView>();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({
      location: `/admin/users/${bob.id}`,
      etag: `"${bob.revision}"`,
    });
    expect(bob).toMatchObject({
      username: 'bob',
      has_password: true,
      change_password: true,
      templates: ['lab'],
      rights: ['monitor'],
      metadata: { team: 'vision' },
      clients: [],
    });
    const login = await house.app.inject({
      method: 'POST',
      url: '/login',
      payload: { username: 'bob', password: PASSWORD },
    });
    expect(login.json<LoginView>().change_password).toBe(true);
    const files = await readFile(join(house.directory, 'users.yaml'), 'utf8');
    const audit = (await send('GET', '/admin/audit')).body;
    for (const text of [answer.body, house.logged(), audit, files]) {
      expect(text).not.toContain(PASSWORD);
    }
    expect([answer.body, house.logged(), audit].join()).not.toContain('pbkdf2');
  });

  test.each([
    ['a name that no user can have', { username: 'Bob' }, 400],
    ['a name that is taken', { username: 'alice' }, 409],
    ['the built-in admin’s name', { username: 'admin' }, 409],
    ['a template that is not there', { username: 'bob', containers: ['none'] }, 404],
    ['a short password', { username: 'bob', password: 'short' }, 400],
    ['a hash', { username: 'bob', password_hash: 'x' }, 400],
    ['a right that is not there', { username: 'bob', rights: ['root'] }, 400],
  ])('refuses %s', async (_, payload, status) => {
    const { house, send } = await withAlice();
    const answer = await send('POST', '/admin/users', payload);
    expect([answer.statusCode, answer.body]).toEqual([status, answer.body]);
    expect(house.config().accounts.size).toBe(1);
  });
});

describe('PATCH /admin/users/{id}', () => {
  test('changes what is named and nothing else', async () => {
    const { send, url } = await withAlice();
    const before = (await send('GET', url)).json<UserView>();
    const answer = await send('PATCH', url, { username: 'alicia', metadata: { team: 'vision' } });
    expect(answer.json()).toEqual({
      ...before,
      username: 'alicia',
      metadata: { team: 'vision' },
      clients: before.clients.map((client) => ({ ...client, user: 'alicia' })),
      revision: expect.not.stringContaining(before.revision) as string,
    });
    const again = await send('PATCH', url, { metadata: { team: null } });
    expect(again.json()).toMatchObject({ metadata: {} });
  });

  test('sets a password, and takes it away', async () => {
    const { send, url } = await withAlice();
    const set = await send('PATCH', url, { password: PASSWORD, change_password: false });
    expect(set.json()).toMatchObject({ has_password: true, change_password: false });
    const other = await send('PATCH', url, { password: PASSWORD });
    expect(other.json()).toMatchObject({ has_password: true, change_password: true });
    const none = await send('PATCH', url, { password: null });
    expect(none.json()).toMatchObject({ has_password: false, change_password: false });
  });

  test('that disables ends their clients, their logins and their containers at once', async () => {
    const { house, send, url, alice } = await withAlice();
    await house.person('alice');
    const login = await house.login('alice');
    await start(house, alice);
    const answer = await send('PATCH', url, { disabled: true });
    expect(answer.json<ChangedUser>().ended).toEqual({ containers: 'ended', volumes: 'kept' });
    expect(await house.engine.containers({})).toEqual([]);
    for (const headers of [alice, login]) {
      const refused = await house.app.inject({ url: '/containers', headers });
      expect(refused.statusCode).toBe(401);
    }
    const enabled = await send('PATCH', url, { disabled: false });
    expect(enabled.json()).toMatchObject({ disabled: false });
    expect(enabled.json()).not.toHaveProperty('ended');
  });

  test('refuses what is not as somebody has seen it, and says what has changed', async () => {
    const { send, url } = await withAlice();
    const { etag = '' } = (await send('GET', url)).headers;
    await send('PATCH', url, { rights: ['monitor'] });
    const stale = await send('PATCH', url, { disabled: true }, { 'if-match': etag });
    expect([stale.statusCode, problem(stale).code]).toEqual([412, 'stale']);
    expect(problem(stale).details['changes']).toMatchObject([{ path: 'rights' }]);
    const { etag: now = '' } = (await send('GET', url)).headers;
    const done = await send('PATCH', url, { disabled: true }, { 'if-match': now });
    expect(done.statusCode).toBe(200);
    const any = await send('PATCH', url, { disabled: false }, { 'if-match': '*' });
    expect(any.statusCode).toBe(200);
  });

  test.each(['x', '0123456789abcdef', 'W/"0123456789abcdef"', '"a", "b"'])(
    'refuses the If-Match %s',
    async (etag) => {
      const { send, url } = await withAlice();
      const answer = await send('PATCH', url, { disabled: true }, { 'if-match': etag });
      expect([answer.statusCode, problem(answer).message]).toEqual([
        400,
        expect.stringContaining('if-match: must be the ETag'),
      ]);
    },
  );

  test('does not find who is not there', async () => {
    const { send } = await withAlice();
    for (const [method, rest, payload] of [
      ['GET', ''],
      ['PATCH', '', {}],
      ['DELETE', '?volumes=keep'],
      ['PATCH', '/access', {}],
      ['POST', '/access/take', { templates: ['lab'] }],
    ] as const) {
      const answer = await send(method, `/admin/users/${NOBODY}${rest}`, payload);
      expect(answer.statusCode, `${method} ${rest}`).toBe(404);
    }
    expect((await send('GET', '/admin/users/alice')).statusCode).toBe(400);
  });
});

describe('DELETE /admin/users/{id}', () => {
  test('asks what becomes of the volumes', async () => {
    const { house, send, url } = await withAlice();
    const answer = await send('DELETE', url);
    expect(answer.statusCode).toBe(400);
    expect(problem(answer).message).toMatch(/"volumes" is missing.*`keep`.*`remove`/);
    expect(house.config().accounts.size).toBe(1);
  });

  test.each([
    ['keep', 'kept', ['berth.alice.lab.home', 'berth.alice.lab.scratch']],
    ['remove', 'removed', []],
  ])('ends all of theirs at once, and does with volumes as told: %s', async (ask, told, left) => {
    const { house, send, url, alice, id } = await withAlice();
    await house.person('alice');
    const login = await house.login('alice');
    await start(house, alice);
    const answer = await send('DELETE', `${url}?volumes=${ask}`);
    expect(answer.json<RemovedUser>()).toEqual({
      id,
      username: 'alice',
      ended: { containers: 'ended', volumes: told },
    });
    for (const headers of [alice, login]) {
      expect((await house.app.inject({ url: '/containers', headers })).statusCode).toBe(401);
    }
    expect(await house.engine.containers({})).toEqual([]);
    await house.sweep();
    const volumes = await house.engine.volumes({});
    expect(volumes.map(({ name }) => name).toSorted()).toEqual(left);
    const { entries } = (await send('GET', '/admin/audit?action=end_containers')).json<{
      entries: object[];
    }>();
    expect(entries).toMatchObject([
      { subject: 'alice', by: { kind: 'admin', name: 'admin' }, from: '127.0.0.1' },
    ]);
  });

  test('is done also when the engine is down: the sweep ends the containers later', async () => {
    const { house, send, url, alice } = await withAlice();
    await start(house, alice);
    house.faults.fail('containers', new Error('down'));
    const answer = await send('DELETE', `${url}?volumes=remove`);
    expect(answer.json<RemovedUser>().ended).toEqual({ containers: 'pending', volumes: 'left' });
    expect((await start(house, alice)).statusCode).toBe(401);
    expect(await house.engine.containers({})).toHaveLength(1);
    expect(house.logged()).toContain('containers_not_ended');
    await house.sweep();
    expect(await house.engine.containers({})).toEqual([]);
    expect(await house.engine.volumes({})).toHaveLength(2);
  });

  test('removes nobody who is not as they were seen', async () => {
    const { house, send, url } = await withAlice();
    const headers = { 'if-match': '"0123456789abcdef"' };
    const answer = await send('DELETE', `${url}?volumes=keep`, undefined, headers);
    expect(answer.statusCode).toBe(412);
    expect(house.config().accounts.size).toBe(1);
  });
});

describe('what a user may start', () => {
  test('is given, taken, denied, and set as a whole', async () => {
    const { send, url } = await withAlice();
    const after = async (path: string, payload: object): Promise<string[]> => {
      const method = path === '' ? 'PATCH' : 'POST';
      const answer = await send(method, `${url}/access${path}`, payload);
      expect(answer.statusCode).toBe(200);
      return answer.json<UserView>().templates;
    };
    expect(await after('/give', { templates: ['gpu'] })).toEqual(['gpu', 'lab']);
    expect(await after('/deny', { templates: ['lab'] })).toEqual(['gpu']);
    expect(await after('/take', { templates: ['gpu'] })).toEqual([]);
    expect(await after('', { containers: ['gpu'], allow: ['lab'], deny: [] })).toEqual([
      'gpu',
      'lab',
    ]);
    const unknown = await send('POST', `${url}/access/give`, { templates: ['none'] });
    expect(unknown.statusCode).toBe(404);
  });

  test('is closed by their own file, and the answer says where', async () => {
    const { house, send, id, url } = await withAlice();
    await house.override(id, 'containers:\n  admin_editable: false');
    for (const [method, path, payload] of [
      ['PATCH', '/access', { containers: [] }],
      ['POST', '/access/give', { templates: ['gpu'] }],
      ['PATCH', '', { containers: [] }],
    ] as const) {
      const answer = await send(method, `${url}${path}`, payload);
      expect(problem(answer)).toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`users/${id}.yaml:3:`) as string,
        details: { closed_by: { file: `users/${id}.yaml`, line: 3 } },
      });
    }
    const other = await send('PATCH', url, { rights: ['monitor'] });
    expect(other.json()).toMatchObject({ admin_editable: false, rights: ['monitor'] });
  });
});

describe('what is particular to a user', () => {
  test('is changed key by key, and taken away again', async () => {
    const { house, send, url } = await withAlice();
    const change = {
      limits: { cpus: 8 },
      overrides: { lab: { env: { THEME: 'dark' }, resources: { memory: '2g' }, persist: true } },
    };
    const changed = (await send('PATCH', `${url}/own`, change)).json<UserView>();
    expect(changed.limits).toMatchObject({ cpus: 8, memory: '8g' });
    expect(changed.overrides).toEqual(change.overrides);
    const less = { limits: null, overrides: { lab: { env: null, persist: null } } };
    const after = (await send('PATCH', `${url}/own`, less)).json<UserView>();
    expect(after.limits).toMatchObject({ cpus: 4 });
    expect(after.overrides).toEqual({ lab: { resources: { memory: '2g' } } });
    expect(house.config().accountByName.get('alice')?.overrides).toEqual(after.overrides);
  });

  test.each([
    ['a variable that nobody may set', { overrides: { lab: { env: { PATH: '/x' } } } }, 400],
    ['a size that is none', { limits: { memory: '8' } }, 400],
    ['a template that is not there', { overrides: { none: { persist: true } } }, 404],
    ['an image', { overrides: { lab: { image: 'x' } } }, 400],
  ] as const)('is refused with %s', async (_, change, status) => {
    const { send, url } = await withAlice();
    const answer = await send('PATCH', `${url}/own`, change);
    expect([answer.statusCode, problem(answer).message]).toEqual([status, expect.any(String)]);
  });
});
