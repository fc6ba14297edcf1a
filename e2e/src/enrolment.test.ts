import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse } from './support/house.ts';

let house: Awaited<ReturnType<typeof openHouse>>;

beforeAll(async () => {
  house = await openHouse({ templates: '  lab: {image: IMAGE}\n  bench: {image: IMAGE}' });
});

afterAll(() => house.close());

/** What `berth login` shows for the admin. */
const CODE = /\b([0-9A-Z]{4}-?[0-9A-Z]{4})\b/;

test('a user asks, the admin lets them in, and the waiting login goes on by itself', async () => {
  const alice = await house.stranger();
  // A name that no client may have: nothing is asked.
  const login = alice.start('login', house.url, '--name', "alice's laptop");
  expect((await login.ended).code).toBe(2);

  const waiting = alice.start('login', house.url, '--name', 'laptop');
  const [, code = ''] = await waiting.printed(CODE);
  const listed = await house.berthd('enroll', 'list');
  expect(listed.stdout).toContain('laptop');
  expect(listed.stdout.replaceAll('-', '')).toContain(code.replaceAll('-', ''));
  const grant = ['--user', 'alice', '--new', '--allow', 'lab,bench'];
  const approved = await house.berthd('enroll', 'approve', code, ...grant);
  expect(approved.code, approved.stderr).toBe(0);

  const { code: exit, stdout, stderr } = await waiting.ended;
  expect(exit, stderr).toBe(0);
  expect(stdout).toContain('alice');
  expect((await alice.berth('list')).stdout).toMatch(/bench.*\n.*lab/);
  expect((await house.berthd('enroll', 'list')).stdout).toContain('Nobody waits');
});

test('a second device of the same user sees the same containers', async () => {
  const laptop = await house.user('bob', ['lab']);
  await laptop.berth('start', 'lab');
  const invited = await house.berthd('enroll', 'invite', '--user', 'bob', '--json');
  const { code } = JSON.parse(invited.stdout) as { code: string };
  const desktop = await house.stranger();
  expect((await desktop.berth('login', house.url, '--invite', code)).code).toBe(0);
  expect(await desktop.containers()).toEqual(await laptop.containers());
});

test('a login that was interrupted goes on waiting with the same code', async () => {
  const carol = await house.stranger();
  const first = carol.start('login', house.url);
  const [, code = ''] = await first.printed(CODE);
  first.child.kill('SIGINT');
  await first.ended;
  const second = carol.start('login', house.url);
  expect((await second.printed(CODE))[1]).toBe(code);
  await house.berthd('enroll', 'approve', code, '--user', 'carol', '--new');
  expect((await second.ended).code).toBe(0);
});

test('a client that the admin refuses is told', async () => {
  const mallory = await house.stranger();
  const login = mallory.start('login', house.url);
  const [, code = ''] = await login.printed(CODE);
  expect((await house.berthd('enroll', 'refuse', code)).code).toBe(0);
  const { code: exit, stderr } = await login.ended;
  expect(exit).toBe(3);
  expect(stderr).toMatch(/refused/);
});

test.each([
  ['a code nobody has', ['approve', 'AAAA-AAAA', '--user', 'x', '--new'], 1, /No client waits/],
  ['a user there is not', ['invite', '--user', 'nobody'], 1, /they are new \(--new/],
  [
    'templates for a user there is',
    ['invite', '--user', 'x', '--allow', 'lab'],
    2,
    /--allow goes with --new/,
  ],
  ['no user at all', ['invite'], 2, /--user/],
])('the admin gives %s', async (_, args, code, says) => {
  const ended = await house.berthd('enroll', ...args);
  expect(ended.code, ended.stderr).toBe(code);
  expect(ended.stderr).toMatch(says);
});

test('commands need no server, and a server needs no reload', async () => {
  const { code } = JSON.parse(
    (await house.berthd('enroll', 'invite', '--user', 'dave', '--new', '--json')).stdout,
  ) as { code: string };
  await house.end('SIGTERM');
  const offline = await house.berthd('enroll', 'invite', '--user', 'erin', '--new');
  expect(offline.code, offline.stderr).toBe(0);
  await house.serve();
  const dave = await house.stranger();
  expect((await dave.berth('login', house.url, '--invite', code)).code).toBe(0);
});
