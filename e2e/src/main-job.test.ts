import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse, type Resident } from './support/house.ts';
import { inside } from './support/inside.ts';

let house: Awaited<ReturnType<typeof openHouse>>;
let alice: Resident;
let bob: Resident;

beforeAll(async () => {
  house = await openHouse({
    templates: `
  lab:
    image: IMAGE
    resources: {cpus: 0.5, memory: 64m, pids: 40}
    shm_size: 8m
    env: {GREETING: "hello there"}
    volumes:
      - {name: home, target: /home/user, persistent: true}
      - {name: scratch, target: /scratch}
    network: {ports: [{container: 8080, label: web}]}
  bench: {image: IMAGE}
  brief: {image: IMAGE, command: [sh, -c, "exit 3"]}
  absent: {image: IMAGE, command: [no-such-command]}
  secret: {image: IMAGE}`,
  });
  alice = await house.user('alice', ['lab', 'bench', 'brief', 'absent']);
  bob = await house.user('bob', ['lab']);
});

afterAll(() => house.close());

const docker = () => house.engine.docker;

test('each user sees exactly what they may start', async () => {
  const templatesOf = async (user: Resident): Promise<string[]> => {
    const { stdout } = await user.berth('list', '--json');
    return Object.keys((JSON.parse(stdout) as { templates: object }).templates);
  };
  expect(await templatesOf(alice)).toEqual(['absent', 'bench', 'brief', 'lab']);
  expect(await templatesOf(bob)).toEqual(['lab']);
});

describe('two users start the same template', () => {
  beforeAll(async () => {
    const starts = await Promise.all([alice, bob].map((user) => user.berth('start', 'lab')));
    for (const { code, stderr } of starts) expect(code, stderr).toBe(0);
  });

  test('and each gets a container, volumes and a network of their own', async () => {
    const [hers, his] = await Promise.all([alice.container('lab'), bob.container('lab')]);
    expect(hers).toMatchObject({ state: 'running', owner: { username: 'alice' } });
    expect(his).toMatchObject({ state: 'running', owner: { username: 'bob' } });
    expect(hers.id).not.toBe(his.id);
    expect([hers.network, his.network]).toEqual([`${house.prefix}.alice`, `${house.prefix}.bob`]);
    const { Volumes } = await docker().listVolumes({
      filters: { label: [`io.berth.instance=${house.prefix}`] },
    });
    expect(Volumes.map(({ Name }) => Name).toSorted()).toEqual([
      `${house.prefix}.alice.lab.home`,
      `${house.prefix}.alice.lab.scratch`,
      `${house.prefix}.bob.lab.home`,
      `${house.prefix}.bob.lab.scratch`,
    ]);
  });

  test('a second start says that it runs, and succeeds', async () => {
    const before = await alice.containers();
    const { code, stdout } = await alice.berth('start', 'lab');
    expect(code).toBe(0);
    expect(stdout).toContain('running already');
    expect(await alice.containers()).toEqual(before);
  });

  test('the limits hold, read from inside', async () => {
    const { id } = await alice.container('lab');
    const cgroup = '/sys/fs/cgroup';
    // The first path is that of cgroup v1, the second that of v2.
    const read = (...paths: string[]) => inside(docker(), id, `cat ${paths.join(' ')} 2>/dev/null`);
    expect(await read(`${cgroup}/memory/memory.limit_in_bytes`, `${cgroup}/memory.max`)).toBe(
      String(64 * 1024 ** 2),
    );
    expect(await read(`${cgroup}/pids/pids.max`, `${cgroup}/pids.max`)).toBe('40');
    expect(await read(`${cgroup}/cpu/cpu.cfs_quota_us`, `${cgroup}/cpu.max`)).toMatch(/^50000\b/);
    expect(await inside(docker(), id, 'busybox df -k /dev/shm')).toMatch(/\b8192\b/);
    const status = await inside(docker(), id, 'cat /proc/self/status');
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(await inside(docker(), id, 'cat /proc/1/cmdline')).toMatch(/init/);
  });

  test('the environment is the template’s', async () => {
    const { id } = await alice.container('lab');
    expect(await inside(docker(), id, 'echo "$GREETING"')).toBe('hello there');
  });

  test('a fork bomb meets its limit, not the machine’s', async () => {
    const { id } = await bob.container('lab');
    const bomb = 'i=0; while [ $i -lt 60 ]; do sleep 5 & i=$((i+1)); done; wait';
    expect(await inside(docker(), id, bomb)).toMatch(/can't fork/);
  });

  test('a port of the container is reached on the host', async () => {
    const { id, ports } = await alice.container('lab');
    expect(ports).toEqual([
      {
        container: 8080,
        protocol: 'tcp',
        host_address: '127.0.0.1',
        host_port: expect.any(Number),
        label: 'web',
      },
    ]);
    await inside(
      docker(),
      id,
      '(echo -e "HTTP/1.0 200 OK\\r\\n\\r\\nahoy" | nc -l -p 8080) >/dev/null &',
    );
    const answer = await fetch(`http://127.0.0.1:${ports[0]?.host_port}/`);
    expect(await answer.text()).toBe('ahoy\n');
  });

  test('a file lasts in a persistent volume and not in another', async () => {
    const { id } = await alice.container('lab');
    await inside(docker(), id, 'echo kept > /home/user/a; echo lost > /scratch/b; touch /c');
    const stopped = await alice.berth('stop', 'lab', '--yes');
    expect(stopped.code, stopped.stderr).toBe(0);
    await alice.berth('start', 'lab');
    const again = await alice.container('lab');
    expect(again.id).not.toBe(id);
    expect(await inside(docker(), again.id, 'cat /home/user/a')).toBe('kept');
    expect(await inside(docker(), again.id, 'ls /scratch')).toBe('');
    expect(await inside(docker(), again.id, 'ls /c')).toBe('ls: /c: No such file or directory');
  });

  test('stop removes the container, what does not last, and the network behind the last', async () => {
    await alice.berth('start', 'bench');
    const filters = { label: [`io.berth.instance=${house.prefix}`] };
    const hers = async () => ({
      containers: (await docker().listContainers({ all: true, filters }))
        .map(({ Names }) => Names[0])
        .filter((name) => name?.includes('.alice.')),
      networks: (await docker().listNetworks({ filters }))
        .map(({ Name }) => Name)
        .filter((name) => name.endsWith('.alice')),
      volumes: (await docker().listVolumes({ filters })).Volumes.map(({ Name }) => Name).filter(
        (name) => name.includes('.alice.'),
      ),
    });
    const first = await alice.berth('stop', 'lab', '--yes');
    expect(first.stdout).toContain('kept home');
    expect(await hers()).toEqual({
      containers: [`/${house.prefix}.alice.bench`],
      networks: [`${house.prefix}.alice`],
      volumes: [`${house.prefix}.alice.lab.home`],
    });
    await alice.berth('stop', 'bench', '--yes');
    expect(await hers()).toMatchObject({ containers: [], networks: [] });
    expect(await bob.container('lab')).toMatchObject({ state: 'running' });
  });

  test('stop asks for agreement where nobody can answer, and changes nothing', async () => {
    const { code, stderr } = await bob.berth('stop', 'lab');
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(await bob.container('lab')).toMatchObject({ state: 'running' });
  });
});

test('a container that ended by itself is started again with the files it had', async () => {
  await alice.berth('start', 'bench', '--name', 'two');
  const { id } = await alice.container('bench.two');
  await inside(docker(), id, 'echo here > /file; busybox kill -9 -1');
  const state = async () => (await alice.container('bench.two')).state;
  await expect.poll(state, { timeout: 20_000 }).toBe('exited');
  const { code, stdout } = await alice.berth('start', 'bench', '--name', 'two');
  expect(code).toBe(0);
  expect(stdout).not.toContain('already');
  expect(await alice.container('bench.two')).toMatchObject({ id, state: 'running' });
  expect(await inside(docker(), id, 'cat /file')).toBe('here');
  await alice.berth('stop', 'bench.two', '--yes');
});

test.each([
  ['brief', 3],
  ['absent', 127],
])('how %s ended is there to see', async (name, exitCode) => {
  // Whether the start still sees it running, or says how it ended, is a matter of milliseconds.
  const { stdout, stderr } = await alice.berth('start', name);
  expect(stdout + stderr).toMatch(new RegExp(`is running|with exit code ${exitCode}`));
  const listed = async () => (await alice.berth('list')).stdout;
  await expect.poll(listed, { timeout: 20_000 }).toContain(`exited (${exitCode})`);
  expect((await alice.berth('stop', name, '--yes')).code).toBe(0);
});
