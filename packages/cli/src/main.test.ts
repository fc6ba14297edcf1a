import type { ProblemCode } from '@berth/contract';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, type Home } from './testing/berth.ts';
import { problem, startStandIn, type StandIn } from './testing/stand-in.ts';

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

test.each<[ProblemCode, number]>([
  ['conflict', 1],
  ['usage', 2],
  ['forbidden', 3],
  ['server_unreachable', 4],
  ['engine_unavailable', 5],
  ['cancelled', 130],
])('tells of %s and ends with %d', async (code, exitCode) => {
  server.on('GET /containers', problem(code, 'Headline.\nWhat to do.'));
  const ended = await home.run(['list']);
  expect(ended).toEqual({
    code: exitCode,
    stdout: '',
    stderr: 'berth: Headline.\nWhat to do.\n',
  });
});

test('says code, details, request and cause with -v', async () => {
  server.on('GET /containers', problem('conflict', 'No.', { other: 'x' }));
  const refused = await home.run(['-v', 'list']);
  expect(refused.stderr).toBe(
    'berth: No.\ncode: conflict\ndetails: {"other":"x"}\nrequest: req-7\n',
  );
  await home.logIn('http://127.0.0.1:1');
  const unreachable = await home.run(['list', '--verbose']);
  expect(unreachable.stderr).toContain('cause: connect ECONNREFUSED 127.0.0.1:1');
  expect(unreachable.code).toBe(4);
  await home.write('');
  expect((await home.run(['list', '-v'])).stderr).toContain('code: config_invalid');
});

test('strips control characters from what the server says', async () => {
  server.on('GET /containers', problem('conflict', 'Bad\u001B[2J\u009Bnews.'));
  const { stdout } = await home.run(['list'], { terminal: true });
  expect(stdout).toContain('\u001B[31mberth:\u001B[39m Bad[2Jnews.');
});

test('is short about a bug, and shows where it was with -v', async () => {
  // No rule explains a name that is too long.
  const env = { XDG_CONFIG_HOME: `/${'x'.repeat(5000)}` };
  const short = await home.run(['list'], { env });
  expect(short.stderr).toMatch(/^berth: Unexpected error: ENAMETOOLONG/);
  expect(short.stderr).not.toMatch(/^\s+at /m);
  expect(short.code).toBe(1);
  const long = await home.run(['list', '-v'], { env });
  expect(long.stderr).toContain('please report it with the lines below.\nError: ENAMETOOLONG');
});

test.each([
  [
    ['strat'],
    "Unknown command 'strat'\nDid you mean start?\nTo see what is possible: berth help\n",
  ],
  [
    ['list', '--jsn'],
    "Unknown option '--jsn'\nDid you mean --json?\nTo see what is possible: berth help list\n",
  ],
  [['start'], "Missing required argument 'template'\n"],
  [['start', 'a', 'b'], "Too many arguments for 'start'."],
  [['start', 'a', '--name'], "Option '--name <name>' argument missing\n"],
  [['help', 'strt'], "Unknown command 'strt'\nDid you mean start?\nTo see all: berth help\n"],
  [['help', 'xyz'], "Unknown command 'xyz'\nTo see all: berth help\n"],
])('refuses %j', async (args, message) => {
  const { code, stdout, stderr } = await home.run(args);
  expect(stderr).toContain(`berth: ${message}`);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([
  [[], /^Usage: berth COMMAND/],
  [['help'], /^Usage: berth COMMAND/],
  [['--help'], /^Usage: berth COMMAND/],
  [['help', 'start'], /^Usage: berth start .*\nExamples:\n {2}berth start python-lab /s],
  [['start', '-h'], /^Usage: berth start .*\nExamples:\n {2}berth start python-lab /s],
  [['--version'], /^berth \d+\.\d+\.\d+\n$/],
])('explains itself: %j', async (args, text) => {
  expect(await home.run(args)).toEqual({
    code: 0,
    stdout: expect.stringMatching(text),
    stderr: '',
  });
});

test('knows an answer that is not Berth’s', async () => {
  const page = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>It works!</h1>');
  });
  page.listen(0, '127.0.0.1');
  await once(page, 'listening');
  try {
    const address = page.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, stderr } = await home.run(['login', `127.0.0.1:${port}`]);
    expect(stderr).toContain(`What answers at http://127.0.0.1:${port} is not a Berth server.`);
    expect(code).toBe(4);
  } finally {
    const closed = once(page, 'close');
    page.close();
    page.closeAllConnections();
    await closed;
  }
});

test('ends quietly when nobody reads its output', async () => {
  const { child, ended } = home.start(['list', '--json']);
  child.stdout.destroy();
  const { code, stderr } = await ended;
  expect(stderr).toBe('');
  expect(code).toBe(141);
});

test('ends at Ctrl-C while it waits for the server', async () => {
  const asked = new Promise<void>((resolve) => {
    server.on('GET /containers', () => resolve());
  });
  const { child, ended } = home.start(['list'], { terminal: true });
  await asked;
  child.stdin.write('\u0003');
  const { code, stdout } = await ended;
  expect(stdout).toContain('Cancelled.');
  expect(code).toBe(130);
});
