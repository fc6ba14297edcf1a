import { ConfigView, Health } from '@berth/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, type Home } from '../testing/berth.ts';
import {
  ALICE,
  CLIENT,
  CONFIG,
  json,
  problem,
  startStandIn,
  type StandIn,
} from '../testing/stand-in.ts';

let server: StandIn;
let home: Home;

beforeEach(async () => {
  server = await startStandIn();
  home = await makeHome();
  await home.logIn(server.url);
});

afterEach(async () => {
  await home.remove();
  await server.close();
});

test('shows who and where one is, and use against limits', async () => {
  const { code, stdout } = await home.run(['status']);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(new RegExp(`^Server   ${server.url} answers in [\\d.]+ m?s$`)),
    'Context  lab',
    `User     alice, from client ${CLIENT}`,
    'Version  0.1.0 here, 0.1.0 on the server',
    'Config   r1',
    'In use   1 of 5 containers, 2 of 4 CPUs, 4g of 8g memory, 512 of 2048 processes',
    '',
  ]);
  expect(code).toBe(0);
});

test('says so when the files on the server are broken', async () => {
  const config = { revision: 'r1', rejected: true };
  const log = { faulty: false };
  const health: Health = { status: 'degraded', version: '0.2.0', config, log, certificate: null };
  server.on('GET /healthz', json(Health, health));
  const { stdout } = await home.run(['status']);
  expect(stdout).toContain('the files on the server are not valid');
  expect(stdout).toContain('0.1.0 here, 0.2.0 on the server');
});

test('prints the same for programs', async () => {
  const { stdout } = await home.run(['status', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    context: 'lab',
    server: {
      url: server.url,
      latency_ms: expect.any(Number),
      status: 'ok',
      version: '0.1.0',
      config: { revision: 'r1', rejected: false },
      log: { faulty: false },
      certificate: null,
    },
    client: { id: CLIENT, version: '0.1.0' },
    user: ALICE,
    limits: CONFIG.limits,
    in_use: { containers: 1, cpus: 2, memory: '4g', pids: 512 },
  });
});

test('uses the server that is asked for, by name or address', async () => {
  const other = await startStandIn();
  other.on('GET /get_config', json(ConfigView, { ...CONFIG, user: { ...ALICE, username: 'al' } }));
  try {
    await home.run(['login', other.url, '--context', 'other']);
    const asked = [
      home.run(['status', '--server', 'other']),
      home.run(['--server', `${other.url}/`, 'status']),
      home.run(['status'], { env: { BERTH_SERVER: 'other' } }),
    ];
    for (const { stdout } of await Promise.all(asked)) expect(stdout).toContain('User     al,');
    const empty = await home.run(['status', '--server', 'lab'], { env: { BERTH_SERVER: '' } });
    expect(empty.stdout).toContain('Context  lab');
  } finally {
    await other.close();
  }
});

test.each([
  ['la', 'You are not logged in to la.\nDid you mean lab?\nTo log in: berth login la'],
  ['https://x.example', 'You are not logged in to https://x.example.\nTo log in'],
])('does not know %s', async (wanted, message) => {
  const { code, stderr } = await home.run(['status', '--server', wanted]);
  expect(stderr).toContain(message);
  expect(code).toBe(3);
});

test('fails where the login was revoked', async () => {
  server.on('GET /get_config', problem('unauthorized', 'Log in again: berth login URL'));
  const { code, stdout, stderr } = await home.run(['status']);
  expect(stdout).toBe('');
  expect(stderr).toBe('berth: Log in again: berth login URL\n');
  expect(code).toBe(3);
});
