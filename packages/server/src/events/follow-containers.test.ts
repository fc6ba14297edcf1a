import { Problem, ServerEvent } from '@berth/contract';
import { LABEL, type ContainerHealth, type EngineContainer, type EngineId } from '@berth/engine';
import { handClock } from '@berth/config/testing';
import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { bearer } from '../testing/test-app.ts';
import { followContainers, tellingEngine } from './follow-containers.ts';
import type { Publication } from './ring.ts';
import { openHouse } from './testing/house.ts';
import { kindsOf } from './testing/listen.ts';

const SOON_MS = 100;
const AGAIN_MS = 15_000;

test('a user hears how their containers are, who may monitor of all; nobody else does', async () => {
  const { app, hear, user, update, pass } = await openHouse();
  const [alice, bob, mona] = [
    await user('alice', ['lab']),
    await user('bob', []),
    await user('mona', []),
  ];
  await update('mona', { rights: ['monitor'] });
  const listeners = [await hear(alice), await hear(bob), await hear(mona)];
  const [ofAlice, ofBob, ofMona] = listeners;
  const headers = bearer(alice);
  await app.inject({ method: 'POST', url: '/containers', headers, payload: { template: 'lab' } });
  pass(SOON_MS);
  const started = await ofAlice?.heard('container_started');
  expect(started).toMatchObject({ container: { template: 'lab', owner: { username: 'alice' } } });
  expect(Check(ServerEvent, started)).toBe(true);
  await app.inject({ method: 'POST', url: '/containers/lab/stop', headers });
  pass(SOON_MS);
  await ofAlice?.heard('container_removed');
  await ofMona?.heard('container_removed');
  expect(kindsOf(ofMona ?? { events: [] })).toEqual(['container_started', 'container_removed']);
  expect(kindsOf(ofBob ?? { events: [] })).toEqual([]);
});

/** Of an engine that does not answer. */
const silent = (): Promise<never> => Promise.withResolvers<never>().promise;

const IDS = [crypto.randomUUID(), crypto.randomUUID()];
const OWNER = crypto.randomUUID();

interface How {
  readonly state: EngineContainer['state'];
  readonly exitCode?: number;
  readonly health?: ContainerHealth;
  readonly isOutOfMemory?: true;
}

const containerOf = (index: number, { state, exitCode, health }: How): EngineContainer => ({
  id: String(index).repeat(64) as EngineId,
  name: `berth.alice.lab${index}`,
  image: 'lab:1',
  state,
  exitCode,
  health,
  created: new Date(0),
  labels: {
    [LABEL.id]: IDS[index] ?? '',
    [LABEL.owner]: OWNER,
    [LABEL.template]: 'lab',
    [LABEL.memory]: '1g',
    [LABEL.cpus]: '1',
    [LABEL.pids]: '1',
  },
  networks: [],
  ports: [],
  mounts: [],
});

/** An engine that lists what it is told to, and a look at it whenever the time has come. */
function watched(first: readonly How[]) {
  const clock = handClock();
  const told: Publication[] = [];
  const asked: EngineId[] = [];
  const faults: unknown[] = [];
  let list: readonly How[] | Error = first;
  const follow = followContainers({
    containers: () =>
      list instanceof Error
        ? Promise.reject(list)
        : Promise.resolve(list.map((how, index) => containerOf(index, how))),
    events: silent,
    details: (ids) => {
      asked.push(...ids);
      const hows = list instanceof Error ? [] : list;
      const details = hows.map((how, index) => {
        const { id } = containerOf(index, how);
        return [id, { startedAt: undefined, oomKilled: how.isOutOfMemory === true }] as const;
      });
      return Promise.resolve(new Map(details));
    },
    usernameOf: () => 'alice',
    publish: (events) => told.push(...events),
    later: clock.later,
    onFault: (error) => faults.push(error),
  });
  return {
    asked,
    faults,
    /** What is told of the engine as it is by then. */
    become: async (next: readonly How[] | Error): Promise<unknown[]> => {
      list = next;
      told.length = 0;
      await follow.look();
      return told.map(({ event }) => {
        const { kind, ...more } = event;
        const { container: _, ...rest } = { container: undefined, ...more };
        return Object.keys(rest).length === 0 ? kind : [kind, rest];
      });
    },
  };
}

const UP: How = { state: 'running' };

test('what runs when the server begins to look is no news; what becomes of it is', async () => {
  const { become } = watched([UP]);
  expect(await become([UP])).toEqual([]);
  expect(await become([UP, { state: 'created' }])).toEqual([]);
  expect(await become([UP, UP])).toEqual(['container_started']);
  expect(await become([{ state: 'exited', exitCode: 137 }, UP])).toEqual([
    ['container_stopped', { exit_code: 137, out_of_memory: false }],
  ]);
  expect(await become([UP, { state: 'dead' }])).toEqual([
    'container_started',
    ['container_stopped', { out_of_memory: false }],
  ]);
  expect(await become([UP])).toEqual(['container_removed']);
  expect(await become([])).toEqual(['container_removed']);
});

test('a start that was undone is no event', async () => {
  const { become } = watched([]);
  expect(await become([])).toEqual([]);
  expect(await become([{ state: 'created' }])).toEqual([]);
  expect(await become([])).toEqual([]);
});

test('a container that came and ended between two looks is told of', async () => {
  const { become } = watched([]);
  await become([]);
  expect(await become([{ state: 'exited', exitCode: 0 }])).toEqual([
    ['container_stopped', { exit_code: 0, out_of_memory: false }],
  ]);
});

test('whether a container ended for want of memory is asked of those that ended, and told', async () => {
  const { become, asked } = watched([]);
  await become([UP, UP]);
  expect(asked).toEqual([]);
  expect(await become([{ state: 'exited', exitCode: 137, isOutOfMemory: true }, UP])).toEqual([
    ['container_stopped', { exit_code: 137, out_of_memory: true }],
  ]);
  expect(asked).toEqual([containerOf(0, UP).id]);
  await become([{ state: 'exited', exitCode: 137, isOutOfMemory: true }, UP]);
  expect(asked).toHaveLength(1);
});

test('health is told when it changes', async () => {
  const { become } = watched([]);
  await become([{ ...UP, health: 'starting' }]);
  expect(await become([{ ...UP, health: 'healthy' }])).toEqual([
    ['container_health', { health: 'healthy' }],
  ]);
  expect(await become([{ ...UP, health: 'healthy' }])).toEqual([]);
});

test('an engine that goes is told of once, and when it is back also what happened meanwhile', async () => {
  const down = new Problem('engine_unavailable', 'It is gone');
  const { become } = watched([UP]);
  await become([UP]);
  expect(await become(down)).toEqual(['engine_down']);
  expect(await become(down)).toEqual([]);
  expect(await become([{ state: 'exited', exitCode: 1 }])).toEqual([
    'engine_up',
    ['container_stopped', { exit_code: 1, out_of_memory: false }],
  ]);
});

test('what is no failure of the engine is handed on, not taken for one', async () => {
  const { become, faults } = watched([]);
  const bug = new TypeError('x is not a function');
  expect(await become(bug)).toEqual([]);
  expect(faults).toEqual([bug]);
});

test('it looks at once, again and again, and soon after anything was done, until it is stopped', async () => {
  const clock = handClock();
  let looks = 0;
  const follow = followContainers({
    containers: () => {
      looks += 1;
      return Promise.resolve([]);
    },
    events: silent,
    details: () => Promise.resolve(new Map()),
    usernameOf: () => undefined,
    publish: () => {},
    later: clock.later,
    onFault: () => {},
  });
  follow.begin();
  // One behind the other: once this has looked, those before it have.
  await follow.look();
  expect(looks).toBe(2);
  clock.pass(AGAIN_MS);
  await follow.look();
  expect(looks).toBe(4);
  follow.lookSoon();
  follow.lookSoon();
  clock.pass(SOON_MS);
  await follow.look();
  expect(looks).toBe(6);
  follow.lookSoon();
  follow.end();
  expect(clock.waiting()).toBe(0);
});

test('what the server does to a container is looked at, also where it fails', async () => {
  const { engine } = await openHouse();
  let told = 0;
  const telling = tellingEngine(engine, () => {
    told += 1;
  });
  const id = 'f'.repeat(64) as EngineId;
  await telling.stopContainer(id, 0);
  await telling.removeContainer(id);
  expect(told).toBe(2);
  await expect(telling.startContainer(id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(telling.restartContainer(id, 0)).rejects.toMatchObject({ code: 'not_found' });
  expect(told).toBe(4);
});
