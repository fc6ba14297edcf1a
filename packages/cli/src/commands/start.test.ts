import type { ContainerView, StartEvent } from '@berth/contract';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeHome, type Home } from '../testing/berth.ts';
import { events, LAB, problem, STARTED, startStandIn, type StandIn } from '../testing/stand-in.ts';

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

const sent = () => server.requests.find(({ method }) => method === 'POST')?.body;

test('tells each stage, then where the ports are, what lasts and what comes next', async () => {
  const { code, stdout, stderr } = await home.run(['start', 'python-lab']);
  const time = String.raw`\[[\d.]+ m?s\]`;
  expect(stderr.split('\n')).toEqual([
    `… Pulling ${LAB.image}`,
    expect.stringMatching(new RegExp(`^✔ Pulled ${LAB.image} ${time}$`)),
    '… Creating the container',
    expect.stringMatching(new RegExp(`^✔ Created the container ${time}$`)),
    '… Starting it',
    expect.stringMatching(new RegExp(`^✔ Started it ${time}$`)),
    '',
  ]);
  expect(stdout).toBe(
    [
      'python-lab is running.',
      '  Port:  http://127.0.0.1:20001 (web, 8888 inside)',
      '  Lasts: /home/user (home)',
      '  Lost at stop: /scratch (scratch), and everything outside the volumes',
      '  To end it: berth stop python-lab',
      '',
    ].join('\n'),
  );
  expect(code).toBe(0);
  expect(sent()).toEqual({ template: 'python-lab' });
});

test('rewrites its stages in place on a terminal, with a bar for each layer', async () => {
  const layer = 'b'.repeat(64);
  server.on(
    'POST /containers',
    events([
      { event: 'pulling', image: LAB.image },
      { event: 'layer', layer, status: 'downloading', current: 512, total: 2048 },
      { event: 'creating' },
      { event: 'starting' },
      { event: 'done', outcome: 'started', container: LAB },
    ]),
  );
  const { code, stdout } = await home.run(['start', 'python-lab'], { terminal: true });
  expect(stdout).toContain('\u001B[36m…\u001B[39m Pulling');
  expect(stdout).toContain('\u001B[1A\r\u001B[J\u001B[32m✔\u001B[39m Pulled');
  expect(code).toBe(0);
});

test('says so when it runs already, and succeeds', async () => {
  server.on(
    'POST /containers',
    events([{ event: 'done', outcome: 'already_running', container: { ...LAB, volumes: [] } }]),
  );
  const { code, stdout, stderr } = await home.run(['start', 'python-lab']);
  expect(stdout).toContain('python-lab was running already.');
  expect(stdout).toContain('Lost at stop: everything inside\n');
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('takes a name of its own, as an option or as list shows it', async () => {
  await home.run(['start', 'python-lab', '--name', 'exam']);
  expect(sent()).toEqual({ template: 'python-lab', name: 'exam' });
  await home.run(['start', 'python-lab.exam']);
  expect(server.requests.at(-1)?.body).toEqual({ template: 'python-lab', name: 'exam' });
});

test.each(['Lab', 'a.b.c', '../x', '', 'lab.'])(
  'refuses %j before it asks the server',
  async (name) => {
    const { code, stderr } = await home.run(['start', name]);
    expect(stderr).toContain(' is not a name.\n');
    expect(code).toBe(2);
    expect(server.requests).toEqual([]);
  },
);

test('refuses two different names for one container', async () => {
  const { code } = await home.run(['start', 'python-lab.exam', '--name', 'other']);
  expect(code).toBe(2);
});

test('prints the events for programs', async () => {
  const { code, stdout, stderr } = await home.run(['start', 'python-lab', '--json']);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual(STARTED);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('ends the events for programs with the failure, also when the server refused at once', async () => {
  server.on('POST /containers', problem('limit_exceeded', 'Too many.', { limit: '5' }));
  const { code, stdout } = await home.run(['start', 'python-lab', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    event: 'failed',
    problem: { code: 'limit_exceeded', message: 'Too many.', request_id: 'req-7' },
  });
  expect(code).toBe(1);
});

const FAILED: StartEvent = {
  event: 'failed',
  problem: {
    code: 'engine_unavailable',
    message: 'The engine does not answer.',
    details: {},
    request_id: 'req-9',
  },
};

test.each([[[]], [['--json']]])('fails as the last event says (%j)', async (flags) => {
  server.on('POST /containers', events([{ event: 'creating' }, FAILED]));
  const { code, stdout, stderr } = await home.run(['start', 'python-lab', ...flags]);
  expect(stderr).toContain('berth: The engine does not answer.\n');
  expect(`${stdout}${stderr}`.match(/"failed"|✖ Creating the container/g)).toHaveLength(1);
  expect(code).toBe(5);
});

test('is not fooled by a stream that ends without an outcome', async () => {
  server.on('POST /containers', events([{ event: 'creating' }]));
  const { code, stderr } = await home.run(['start', 'python-lab']);
  expect(stderr).toContain('The container may still start: see berth list.');
  expect(code).toBe(4);
});

test('notices a connection that breaks', async () => {
  server.on(
    'POST /containers',
    events([{ event: 'creating' }], (response) => response.destroy()),
  );
  const { code, stderr } = await home.run(['start', 'python-lab']);
  expect(stderr).toContain(`berth: The connection to ${server.url} broke.`);
  expect(code).toBe(4);
});

test('closes the connection on Ctrl-C, so that the server undoes the start', async () => {
  const gone = new Promise<void>((resolve) => {
    server.on(
      'POST /containers',
      events([{ event: 'pulling', image: LAB.image }], (response) => {
        void once(response, 'close').then(() => resolve());
      }),
    );
  });
  const { child, printed, ended } = home.start(['start', 'python-lab'], { terminal: true });
  await printed(/Pulling/);
  child.stdin.write('\u0003');
  await gone;
  const { code, stdout } = await ended;
  expect(stdout).toContain('Cancelled.');
  expect(code).toBe(130);
});

test('says which ports only the server itself can reach', async () => {
  const everywhere = {
    container: 53,
    protocol: 'udp',
    host_address: '0.0.0.0',
    host_port: 5,
  } as const;
  server.on(
    'POST /containers',
    events([
      { event: 'starting' },
      {
        event: 'done',
        outcome: 'resumed',
        container: { ...LAB, ports: [...LAB.ports, everywhere] },
      },
    ]),
  );
  const { stdout } = await home.run(['start', 'python-lab']);
  expect(stdout).toContain('python-lab is running again.');
  expect(stdout).toContain('Port:  udp://127.0.0.1:5 (53 inside)');
});

test.each([
  [0, 0, 'python-lab has run, and has ended already.', ''],
  [1, 3, '', 'python-lab ended as soon as it had started, with exit code 3.\n'],
  [1, 127, '', 'with exit code 127: its image does not have that command.\n'],
])('exits %i when what it started has ended with %i', async (code, exitCode, says, complains) => {
  const container: ContainerView = { ...LAB, state: 'exited', exit_code: exitCode, ports: [] };
  server.on('POST /containers', events([{ event: 'done', outcome: 'started', container }]));
  const ended = await home.run(['start', 'python-lab']);
  expect(ended.code).toBe(code);
  expect(ended.stdout).toContain(says);
  expect(ended.stderr).toContain(complains);
});
