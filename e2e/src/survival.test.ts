import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateEngine, type PrivateEngine } from '@berth/testbed';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { houseForTest, type House, type HouseOptions, type Resident } from './support/house.ts';
import { engineIdOf } from './support/inside.ts';

const TEMPLATES = `
  lab: {image: IMAGE, resources: {memory: 32m}, volumes: [{name: home, target: /home/user, persistent: true}]}
  other: {image: IMAGE, resources: {memory: 32m}, volumes: [{name: scratch, target: /scratch}]}`;

/** What there is while alice’s `other` runs. */
const RUNNING = ['/alice.other running', 'alice', 'alice.other.scratch'];

let parent: string;
let engine: PrivateEngine;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'b-'));
  engine = await startPrivateEngine({ directory: join(parent, 'e') });
});

afterAll(async () => {
  await engine.stop();
  await rm(parent, { recursive: true });
});

const withHouse = (options: Partial<HouseOptions> = {}): Promise<House> =>
  houseForTest({ templates: TEMPLATES, engine, ...options });

async function startedBoth(house: House): Promise<[alice: Resident, bob: Resident]> {
  const users = [
    await house.user('alice', ['lab', 'other']),
    await house.user('bob', ['lab']),
  ] as const;
  for (const user of users) {
    const { code, stderr } = await user.berth('start', 'lab');
    expect(code, stderr).toBe(0);
  }
  return [...users];
}

const idsOf = async (...users: Resident[]): Promise<string[]> =>
  (await Promise.all(users.map((user) => user.container('lab')))).map(({ id }) => id);

/** Every name in the engine that belongs to this house. */
async function inventory(house: House): Promise<string[]> {
  const filters = { label: [`io.berth.instance=${house.prefix}`] };
  const { docker } = house.engine;
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const { Volumes } = await docker.listVolumes({ filters });
  return [
    ...containers.map(({ Names, State }) => `${Names[0]} ${State}`),
    ...networks.map(({ Name }) => Name),
    ...Volumes.map(({ Name }) => Name),
  ].map((name) => name.replace(`${house.prefix}.`, ''));
}

test('a server that was killed knows every container and its owner when it is back', async () => {
  const house = await withHouse();
  const [alice, bob] = await startedBoth(house);
  const before = await idsOf(alice, bob);
  await house.end('SIGKILL');
  const down = await alice.berth('list');
  expect(down.stderr).toContain('Nothing answers');
  await house.serve();
  expect(await idsOf(alice, bob)).toEqual(before);
  expect((await alice.berth('start', 'lab')).stdout).toContain('running already');
  expect((await alice.berth('stop', 'lab', '--yes')).code).toBe(0);
  expect(await idsOf(bob)).toEqual(before.slice(1));
});

test('a server that was killed in the middle of a start leaves one container or none', async () => {
  const house = await withHouse();
  const alice = await house.user('alice', ['other']);
  const events = await engine.docker.getEvents({
    filters: { event: ['create'], label: [`io.berth.instance=${house.prefix}`] },
  });
  const starting = alice.berth('start', 'other');
  await once(events, 'data');
  await house.end('SIGKILL');
  expect((await starting).code).toBe(4);
  await house.serve();
  // Made and never started is swept up; started in time, it is hers.
  const isSettled = async () =>
    (await inventory(house)).every((name) => !name.endsWith(' created')) &&
    ((await alice.containers()).length === 1 || (await inventory(house)).length === 0);
  await expect.poll(isSettled, { timeout: 60_000 }).toBe(true);
  expect((await alice.berth('start', 'other')).code).toBe(0);
  expect((await inventory(house)).toSorted()).toEqual(RUNNING);
});

test('an engine that was killed and started again has lost nothing that we knew', async () => {
  const house = await withHouse();
  const [alice, bob] = await startedBoth(house);
  const before = await idsOf(alice, bob);
  await engine.kill();
  const down = await alice.berth('list');
  expect(down.code, down.stderr).toBe(5);
  await engine.restart();
  expect(await idsOf(alice, bob)).toEqual(before);
  // The engine ends its containers when it finds them without having been asked to keep them.
  for (const user of [alice, bob]) expect((await user.berth('start', 'lab')).code).toBe(0);
  expect(await idsOf(alice, bob)).toEqual(before);
  expect((await alice.container('lab')).state).toBe('running');
});

test.each(['network', 'container'] as const)(
  'an engine that stops when it has just made the %s leaves no double and no orphan',
  async (type) => {
    const house = await withHouse({ timeout: '3s' });
    const alice = await house.user('alice', ['lab', 'other']);
    const events = await engine.docker.getEvents({ filters: { type: [type], event: ['create'] } });
    onTestFinished(() => {
      engine.resume();
    });
    const starting = alice.berth('start', 'other');
    await once(events, 'data');
    await engine.pause();
    const failed = await starting;
    expect(failed.code, failed.stderr).toBe(5);
    expect(failed.stderr).toMatch(/The container engine .* has said nothing for 3 s/);
    expect(failed.stdout + failed.stderr).not.toMatch(/ at .*\.ts:\d+/);
    engine.resume();
    // What the engine does now with the requests it held is undone.
    await expect.poll(() => inventory(house), { timeout: 60_000 }).toEqual([]);

    const { code, stderr } = await alice.berth('start', 'other');
    expect(code, stderr).toBe(0);
    expect((await inventory(house)).toSorted()).toEqual(RUNNING);
  },
);

test('removing a container behind the server’s back heals', async () => {
  const house = await withHouse();
  const alice = await house.user('alice', ['lab']);
  await alice.berth('start', 'lab');
  const { id } = await alice.container('lab');
  await engine.docker.getContainer(await engineIdOf(engine.docker, id)).remove({ force: true });
  expect(await alice.containers()).toEqual([]);
  expect((await alice.berth('start', 'lab')).code).toBe(0);
  expect((await alice.container('lab')).id).not.toBe(id);
});
