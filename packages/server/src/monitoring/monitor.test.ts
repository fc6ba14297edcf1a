import { updateUser } from '@berth/config';
import {
  Problem,
  type Credential,
  type Monitor,
  type MonitoredContainersPage,
  type UserStatusPage,
} from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { bearer, testApp, type TestApp } from '../testing/test-app.ts';

const CONTAINER = '33333333-3333-4333-8333-333333333333';

const get = async <T>(house: TestApp, url: string): Promise<T> => {
  const answer = await house.app.inject({ url, headers: await house.login() });
  expect([answer.statusCode, answer.body]).toEqual([200, expect.anything()]);
  return answer.json<T>();
};

const ping = (house: TestApp, client: Credential, payload?: object) =>
  house.app.inject({
    method: 'POST',
    url: '/ping',
    headers: bearer(client),
    ...(payload !== undefined && { payload }),
  });

const start = (house: TestApp, client: Credential, template = 'lab') =>
  house.app.inject({
    method: 'POST',
    url: '/containers',
    headers: bearer(client),
    payload: { template },
  });

describe('GET /monitor', () => {
  test('with nobody and nothing there', async () => {
    const house = await testApp();
    const monitor = await get<Monitor>(house, '/monitor');
    expect(monitor).toMatchObject({
      host: { cpus: 2, cpu_percent: 25, memory: { used_bytes: 1e9, total_bytes: 4e9 } },
      engine: { state: 'up', version: 'memory' },
      config: { revision: house.config().revision, rejected: null },
      containers: { containers: [], total: 0, next: null },
      users: { live: 0, stale: 0, never: 0, users: [], total: 0, next: null },
    });
    expect(monitor.host.disks).toEqual([
      {
        holds: ['configuration', 'state', 'log'],
        used_bytes: 1e9,
        available_bytes: 8e9,
        total_bytes: 1e10,
      },
    ]);
    expect(monitor.server.memory_bytes).toBeGreaterThan(0);
  });

  test('tells each container’s image, owner, state, uptime and what it uses', async () => {
    const house = await testApp();
    const alice = await house.user('alice', ['lab']);
    await start(house, alice);
    await get(house, '/monitor');
    house.pass(5000);
    await get(house, '/monitor');
    const { containers } = await get<Monitor>(house, '/monitor');
    expect(containers?.containers).toEqual([
      {
        id: expect.any(String),
        title: 'lab',
        template: 'lab',
        image: 'lab:1',
        owner: { id: house.config().accountByName.get('alice')?.id, username: 'alice' },
        state: 'running',
        health: null,
        created: expect.any(String),
        started: expect.any(String),
        uptime_seconds: expect.any(Number),
        usage: {
          cpu_percent: 10,
          memory_bytes: 4 * 1024 ** 2,
          memory_limit_bytes: expect.any(Number),
          pids: 1,
        },
        source: 'engine',
      },
    ]);
  });

  test('says that the engine is down, and the rest all the same', async () => {
    const house = await testApp();
    house.faults.fail('containers', new Problem('engine_unavailable', 'No engine there.'));
    const monitor = await get<Monitor>(house, '/monitor');
    expect(monitor.engine).toEqual({ state: 'down', problem: 'No engine there.' });
    expect(monitor.containers).toBeNull();
    expect(monitor.host.cpus).toBe(2);
  });

  test('does not wait for an engine that hangs', async () => {
    const house = await testApp();
    const held = house.faults.hold('containers');
    const answer = get<Monitor>(house, '/monitor');
    await held.reached;
    house.pass(5000);
    expect((await answer).engine).toMatchObject({ state: 'down' });
    held.release();
  });

  test('says why the files on disk are not taken up', async () => {
    const house = await testApp();
    house.reject();
    const { config } = await get<Monitor>(house, '/monitor');
    expect(config.rejected).toBe('users.yaml is wrong');
  });

  test('is for admins, and for clients with the right to monitor', async () => {
    const house = await testApp();
    const alice = await house.user('alice', ['lab']);
    const statusOf = async (url: string) =>
      (await house.app.inject({ url, headers: bearer(alice) })).statusCode;
    const urls = ['/monitor', '/monitor/users', '/monitor/containers', '/metrics'];
    for (const url of urls) expect([url, await statusOf(url)]).toEqual([url, 403]);
    await house.person('alice', { rights: ['monitor'] });
    for (const url of urls) expect([url, await statusOf(url)]).toEqual([url, 200]);
  });
});

describe('GET /monitor/users', () => {
  test('tells never seen, live and stale apart', async () => {
    const house = await testApp();
    const [alice, bob] = [await house.user('alice', ['lab']), await house.user('bob', [])];
    await house.user('eve', []);
    await ping(house, bob);
    house.pass(181_000);
    await ping(house, alice);
    house.pass(2000);
    const { users } = await get<UserStatusPage>(house, '/monitor/users');
    expect(
      users.map(({ username, liveness, age_seconds: age }) => [username, liveness, age]),
    ).toEqual([
      ['alice', 'live', 2],
      ['bob', 'stale', 183],
      ['eve', 'never', null],
    ]);
    expect(users[0]).toMatchObject({
      templates: ['lab'],
      last_seen: '2026-11-23T10:03:01.000Z',
      clients: [{ name: 'laptop', liveness: 'live', age_seconds: 2 }],
    });
    expect((await get<Monitor>(house, '/monitor')).users).toMatchObject({
      live: 1,
      stale: 1,
      never: 1,
      total: 3,
    });
  });

  test('finds by the beginning of a name and by liveness, page by page', async () => {
    const house = await testApp();
    for (const name of ['ann', 'abe', 'ben']) await ping(house, await house.user(name, []));
    await house.user('amy', []);
    const names = async (query: string): Promise<string[]> =>
      (await get<UserStatusPage>(house, `/monitor/users?${query}`)).users.map(
        ({ username }) => username,
      );
    expect(await names('username=a')).toEqual(['abe', 'amy', 'ann']);
    expect(await names('liveness=never')).toEqual(['amy']);
    expect(await names('liveness=live&username=a')).toEqual(['abe', 'ann']);
    const first = await get<UserStatusPage>(house, '/monitor/users?limit=3');
    expect(first).toMatchObject({ total: 4, next: expect.any(String) });
    expect(await names(`limit=3&after=${first.next}`)).toEqual(['ben']);
  });

  test('a user of several clients was last seen by the latest of them; one who is removed is gone', async () => {
    const house = await testApp();
    const alice = await house.user('alice', []);
    await ping(house, alice);
    await house.edit({ by: 'test', what: 'remove alice' }, (edit) => {
      updateUser(edit, house.config().accountByName.get('alice')?.id ?? '', { username: 'alicia' });
    });
    expect((await get<UserStatusPage>(house, '/monitor/users')).users).toMatchObject([
      { username: 'alicia', liveness: 'live' },
    ]);
  });
});

describe('what a client reports of its own containers', () => {
  const REPORT = {
    containers: [{ id: CONTAINER, template: 'lab', image: 'lab:1', state: 'running' }],
  };
  const reported = async (house: TestApp) =>
    (await get<MonitoredContainersPage>(house, '/monitor/containers?source=reported')).containers;

  test('appears, marked as reported, until the client reports anew or is stale', async () => {
    const house = await testApp();
    const alice = await house.user('alice', ['lab']);
    expect((await ping(house, alice, REPORT)).statusCode).toBe(200);
    expect(await reported(house)).toMatchObject([
      {
        id: CONTAINER,
        title: 'lab',
        source: 'reported',
        owner: { username: 'alice' },
        reported_by: { client: alice.clientId, name: 'laptop', age_seconds: 0 },
        usage: null,
      },
    ]);
    await ping(house, alice);
    expect(await reported(house)).toHaveLength(1);
    await ping(house, alice, { containers: [] });
    expect(await reported(house)).toEqual([]);
    await ping(house, alice, REPORT);
    house.pass(181_000);
    expect(await reported(house)).toEqual([]);
  });

  test.each([
    { containers: [{ ...REPORT.containers[0], owner: 'bob' }] },
    { containers: [{ ...REPORT.containers[0], template: '../x' }] },
    { containers: Array.from({ length: 33 }, () => REPORT.containers[0]) },
    { other: 1 },
  ])('is refused where it says what it may not: %#', async (payload) => {
    const house = await testApp();
    const alice = await house.user('alice', ['lab']);
    expect((await ping(house, alice, payload)).statusCode).toBe(400);
  });
});

describe('GET /monitor/containers', () => {
  test('finds by owner, template and state, page by page', async () => {
    const house = await testApp();
    for (const name of ['alice', 'bob']) await start(house, await house.user(name, ['lab']));
    const owners = async (query: string) =>
      (await get<MonitoredContainersPage>(house, `/monitor/containers?${query}`)).containers.map(
        ({ owner }) => owner.username,
      );
    expect(await owners('owner=bob')).toEqual(['bob']);
    expect(await owners('template=gpu')).toEqual([]);
    expect(await owners('state=running')).toHaveLength(2);
    const first = await get<MonitoredContainersPage>(house, '/monitor/containers?limit=1');
    expect([first.total, await owners(`limit=1&after=${first.next}`)]).toEqual([2, ['bob']]);
  });

  test('with the engine down is 503', async () => {
    const house = await testApp();
    house.faults.fail('containers', new Problem('engine_unavailable', 'No engine there.'));
    const answer = await house.app.inject({
      url: '/monitor/containers',
      headers: await house.login(),
    });
    expect(answer.statusCode).toBe(503);
  });
});
