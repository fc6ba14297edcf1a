import { ContainerList } from '@berth/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, type Home } from '../testing/berth.ts';
import { EXAM, json, LAB, problem, startStandIn, type StandIn } from '../testing/stand-in.ts';

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

const stopped = () =>
  server.requests.filter(({ method }) => method === 'POST').map(({ path }) => path);

test('says what is lost and what is kept, and does it when told so beforehand', async () => {
  const { code, stdout, stderr } = await home.run(['stop', '--yes', 'python-lab']);
  expect(stderr).toBe(
    [
      'python-lab',
      '  Lost: /scratch (scratch), and everything outside the volumes',
      '  Kept: /home/user (home)',
      '',
    ].join('\n'),
  );
  expect(stdout).toBe('✔ Stopped python-lab; kept home\n');
  expect(stopped()).toEqual([`/containers/${LAB.id}/stop`]);
  expect(code).toBe(0);
});

test('stops nothing without a terminal to ask on', async () => {
  const { code, stderr } = await home.run(['stop', 'python-lab'], { input: 'y\n' });
  expect(stderr).toContain('Lost: /scratch');
  expect(stderr).toContain('To agree beforehand: berth stop --yes NAME');
  expect(stopped()).toEqual([]);
  expect(code).toBe(2);
});

test.each([
  ['y', 1],
  ['YES', 1],
  ['n', 0],
  ['', 0],
])('asks on a terminal, and takes %j for what it is', async (answer, stops) => {
  const { child, printed, ended } = home.start(['stop', 'python-lab.exam'], { terminal: true });
  await printed(/Stop it\? \[y\/N\] /);
  child.stdin.write(`${answer}\n`);
  const { code, stdout } = await ended;
  expect(stopped()).toHaveLength(stops);
  expect(stdout).toContain(stops === 1 ? 'Stopped python-lab.exam' : 'Nothing was stopped.');
  expect(stdout).toContain('everything inside');
  expect(code).toBe(0);
});

test.each([
  ['the end of the input', '\u0004', 0],
  ['Ctrl-C', '\u0003', 130],
])('stops nothing at %s', async (_, key, expected) => {
  const { child, printed, ended } = home.start(['stop', 'python-lab'], { terminal: true });
  await printed(/\[y\/N\] /);
  child.stdin.write(key);
  expect((await ended).code).toBe(expected);
  expect(stopped()).toEqual([]);
});

test('stops several, each once, by name or id', async () => {
  const names = ['python-lab', 'python-lab', LAB.id, 'python-lab.exam'];
  const { code, stdout } = await home.run(['stop', '-y', ...names]);
  expect(stopped().toSorted()).toEqual([
    `/containers/${LAB.id}/stop`,
    `/containers/${EXAM.id}/stop`,
  ]);
  expect(stdout.match(/Stopped/g)).toHaveLength(2);
  expect(code).toBe(0);
});

test('stops none when one is not there, and suggests', async () => {
  const { code, stderr } = await home.run(['stop', '--yes', 'python-lab', 'pyton-lab.exam']);
  expect(stderr).toBe(
    [
      'berth: You have no container called pyton-lab.exam.',
      'Did you mean python-lab.exam?',
      'To see yours: berth list',
      '',
    ].join('\n'),
  );
  expect(stopped()).toEqual([]);
  expect(code).toBe(1);
});

test('has nothing to suggest where nothing runs', async () => {
  server.on('GET /containers', json(ContainerList, { containers: [] }));
  const { stderr } = await home.run(['stop', '--yes', 'python-lab']);
  expect(stderr).toContain('no container called python-lab.\nTo see yours');
});

test('tells every failure of several', async () => {
  server.on('POST /containers/:id/stop', (request, response) =>
    problem('engine_timeout', `No answer about ${request.path}.`)(request, response),
  );
  const both = await home.run(['stop', '--yes', 'python-lab', 'python-lab.exam']);
  expect(both.stderr.match(/✖ No answer about/g)).toHaveLength(2);
  expect(both.stderr).toContain('berth: 2 of 2 were not stopped.');
  expect(both.code).toBe(5);
  const one = await home.run(['stop', '--yes', 'python-lab']);
  expect(one.stderr).toContain('berth: No answer about');
  expect(one.code).toBe(5);
});
