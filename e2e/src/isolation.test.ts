import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse, type Resident } from './support/house.ts';
import { engineIdOf, inside } from './support/inside.ts';

const NETWORKS = 20;
const names = Array.from({ length: NETWORKS }, (_, index) => `net${index}`);

let house: Awaited<ReturnType<typeof openHouse>>;
let alice: Resident;
let bob: Resident;

beforeAll(async () => {
  const templates = names.map(
    (name) => `  ${name}: {image: IMAGE, resources: {memory: 16m}, network: {name: ${name}}}`,
  );
  house = await openHouse({
    settings: 'limits: {per_user: {containers: 40, cpus: 100, memory: 8g, pids: 100000}}',
    templates: `  lab: {image: IMAGE}\n${templates.join('\n')}`,
  });
  alice = await house.user('alice', ['lab', ...names]);
  bob = await house.user('bob', ['lab', ...names]);
});

afterAll(() => house.close());

describe('what belongs to bob', () => {
  let id: string;
  let engineId: string;

  beforeAll(async () => {
    expect((await bob.berth('start', 'lab')).code).toBe(0);
    ({ id } = await bob.container('lab'));
    engineId = await engineIdOf(house.engine.docker, id);
  });

  test('is not in alice’s list', async () => {
    expect(await alice.containers()).toEqual([]);
    expect((await alice.berth('list')).stdout).not.toContain('running');
  });

  test('cannot be stopped by alice, whatever she calls it', async () => {
    for (const ref of ['lab', id, id.slice(0, 8), engineId, `${house.prefix}.bob.lab`, '..', '']) {
      const { code } = await alice.berth('stop', ref, '--yes');
      expect([1, 2], ref).toContain(code);
    }
    expect(await bob.container('lab')).toMatchObject({ id, state: 'running' });
  });

  test('cannot be reached from alice’s containers', async () => {
    expect((await alice.berth('start', 'lab')).code).toBe(0);
    const hers = await alice.container('lab');
    const docker = house.engine.docker;
    const { NetworkSettings } = await docker.getContainer(engineId).inspect();
    const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    // 9000 is 2328 in hexadecimal; the shell waits until it listens.
    await inside(
      docker,
      id,
      'while true; do echo ahoy | nc -l -p 9000; done >/dev/null 2>&1 & until busybox grep -q :2328 /proc/net/tcp6; do :; done',
    );
    expect(await inside(docker, id, `busybox timeout 3 nc ${address} 9000`)).toBe('ahoy');
    const attempt = (target: string) =>
      inside(
        docker,
        hers.id,
        `busybox timeout 3 nc -w 2 ${target} 9000 </dev/null 2>/dev/null || echo closed`,
      );
    expect(await attempt(address)).toBe('closed');
    expect(await attempt(`${house.prefix}.bob.lab`)).toBe('closed');
    expect(await attempt('lab')).not.toContain('ahoy');
    await alice.berth('stop', 'lab', '--yes');
  });
});

test('two users start forty networks between them, and all are gone when they stop', async () => {
  const ours = async (): Promise<string[]> => {
    const filters = { label: [`io.berth.instance=${house.prefix}`] };
    const networks = await house.engine.docker.listNetworks({ filters });
    return networks.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ''));
  };
  const before = (await ours()).length;
  for (const name of names) {
    const starts = await Promise.all([alice, bob].map((user) => user.berth('start', name)));
    for (const { code, stderr } of starts) expect(code, stderr).toBe(0);
  }
  const subnets = await ours();
  expect(subnets).toHaveLength(before + 2 * NETWORKS);
  expect(new Set(subnets).size).toBe(subnets.length);
  for (const user of [alice, bob]) {
    const { code, stderr } = await user.berth('stop', ...names, '--yes');
    expect(code, stderr).toBe(0);
  }
  expect(await ours()).toHaveLength(before);
}, 300_000);
