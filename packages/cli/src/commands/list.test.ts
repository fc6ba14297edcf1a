import { ContainerList, ConfigView } from '@berth/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, type Home } from '../testing/berth.ts';
import { printable } from '../text.ts';
import {
  CLIENT,
  CONFIG,
  EXAM,
  json,
  LAB,
  SECRET,
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

test('shows what runs and what may be started, in columns', async () => {
  const { code, stdout, stderr } = await home.run(['list']);
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(lines[0]).toEqual(['NAME', 'STATE', 'IMAGE', 'PORTS', 'VOLUMES', 'CREATED']);
  expect(lines[1]).toEqual([
    'python-lab',
    'running',
    LAB.image,
    '127.0.0.1:20001→8888 (web)',
    'home (persistent), scratch (ephemeral)',
    expect.stringMatching(/ago$|now$/),
  ]);
  expect(lines[2]?.slice(0, 2)).toEqual(['python-lab.exam', 'exited (137)']);
  expect(lines[3]?.slice(0, 3)).toEqual(['shell', '-', 'debian:12']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(new Set(server.requests.map(({ authorization }) => authorization))).toEqual(
    new Set([`Bearer ${CLIENT}.${SECRET}`]),
  );
});

test('is plain in a pipe, and coloured on a terminal unless NO_COLOR is set', async () => {
  const [piped, terminal, plain] = await Promise.all([
    home.run(['list']),
    home.run(['list'], { terminal: true }),
    home.run(['list'], { terminal: true, env: { NO_COLOR: '1' } }),
  ]);
  expect(piped.stdout).not.toContain('\u001B');
  expect(terminal.stdout).toContain('\u001B[32mrunning\u001B[39m');
  expect(plain.stdout).not.toContain('\u001B');
});

test('prints what the API says for programs', async () => {
  const { stdout } = await home.run(['list', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    templates: CONFIG.templates,
    containers: [LAB, EXAM],
  });
});

test('strips control characters from what others wrote', async () => {
  const image = 'evil\u001B]0;owned\u0007\u009B31m';
  server.on('GET /containers', json(ContainerList, { containers: [{ ...LAB, image }] }));
  const [table, forPrograms] = await Promise.all([
    home.run(['list'], { terminal: true }),
    home.run(['list', '--json']),
  ]);
  expect(table.stdout).toContain('evil]0;owned31m');
  expect(printable(forPrograms.stdout)).toBe(forPrograms.stdout.replaceAll('\n', ''));
  expect(JSON.parse(forPrograms.stdout)).toMatchObject({ containers: [{ image }] });
});

test('tells a new user what to do', async () => {
  server.on('GET /containers', json(ContainerList, { containers: [] }));
  const first = await home.run(['list']);
  expect(first.stdout).toContain('python-lab');
  expect(first.stderr).toContain('To start one: berth start NAME');
  server.on('GET /get_config', json(ConfigView, { ...CONFIG, templates: {} }));
  const second = await home.run(['list']);
  expect(second.stdout).toBe('');
  expect(second.stderr).toContain('Ask your admin to give you a template.');
  expect(second.code).toBe(0);
});
