import { Problem, type Template } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { LABEL } from './labels.ts';
import { createLifecycle } from './lifecycle.ts';
import { createMemoryEngine } from './memory/engine.ts';
import { plan, type Plan } from './plan.ts';
import type { EngineVolume } from './port.ts';
import type { StartProgress } from './provision.ts';
import { withFaults } from './testing/faults.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

const template: Template = {
  description: '',
  image: 'lab:1',
  pull: 'missing',
  env: {},
  resources: { cpus: 1, memory: '1g', pids: 256 },
  shm_size: '64m',
  volumes: [
    { name: 'home', target: '/home/user', persistent: true, read_only: false },
    { name: 'scratch', target: '/scratch', persistent: false, read_only: false },
  ],
  network: { mode: 'private', ports: [] },
  capabilities: [],
};

interface Wanted {
  readonly name?: string;
  readonly owner?: { readonly id: string; readonly username: string };
  readonly template?: Partial<Template>;
  readonly pool?: string;
}

function planned(wanted: Wanted = {}): Plan {
  return plan({
    id: crypto.randomUUID(),
    owner: wanted.owner ?? { id: ALICE, username: 'alice' },
    templateName: 'lab',
    template: { ...template, ...wanted.template },
    name: wanted.name,
    override: {},
    limits: { containers: 99, cpus: 99, memory: '1t', pids: 99_999 },
    running: [],
    settings: {
      prefix: 'berth',
      ports: { bind: '127.0.0.1', range: [20_000, 20_000] },
      networks: { pool: wanted.pool ?? '10.201.0.0/24', prefix: 28 },
    },
  });
}

const lost = (): Problem =>
  new Problem('engine_timeout', 'No answer', { details: { outcome: 'unknown' } });
const persistent = (volume: EngineVolume): boolean => volume.labels[LABEL.persistent] === 'true';
const never = new AbortController().signal;

function harbour(options: Parameters<typeof createMemoryEngine>[0] = { images: ['lab:1'] }) {
  const real = createMemoryEngine(options);
  const { engine, faults } = withFaults(real);
  const leftovers: string[] = [];
  const lifecycle = createLifecycle({
    engine,
    instance: 'berth',
    onLeftover: (container) => leftovers.push(container),
  });
  const start = (wanted: Plan = planned(), events: StartProgress[] = []) =>
    lifecycle.start(wanted, (event) => events.push(event), never);
  /** Everything there is in the engine, by name. */
  const inventory = async () => ({
    containers: (await real.containers({})).map(({ name, state }) => `${name} ${state}`),
    networks: (await real.networks()).map(({ name }) => name),
    volumes: (await real.volumes({})).map(({ name }) => name),
  });
  return { real, engine, faults, leftovers, lifecycle, start, inventory };
}

const NOTHING = { containers: [], networks: [], volumes: [] };

describe('start', () => {
  test('makes network, volumes and container, and starts it', async () => {
    const { start, inventory } = harbour();
    const events: StartProgress[] = [];
    const { outcome, container } = await start(planned(), events);
    expect(outcome).toBe('started');
    expect(container).toMatchObject({ name: 'berth.alice.lab', state: 'running' });
    expect(events).toEqual([{ event: 'creating' }, { event: 'starting' }]);
    expect(await inventory()).toEqual({
      containers: ['berth.alice.lab running'],
      networks: ['berth.alice'],
      volumes: ['berth.alice.lab.home', 'berth.alice.lab.scratch'],
    });
  });

  test('of what runs already says so and changes nothing', async () => {
    const { start, inventory } = harbour();
    await start();
    const before = await inventory();
    expect((await start()).outcome).toBe('already_running');
    expect(await inventory()).toEqual(before);
  });

  test('of what has exited starts it again with the files it had', async () => {
    const { start, engine } = harbour();
    const { container } = await start();
    await engine.stopContainer(container.id, 0);
    const again = await start();
    expect(again.outcome).toBe('resumed');
    expect(again.container).toMatchObject({ id: container.id, state: 'running' });
  });

  test('of one name twice at once makes one', async () => {
    const { start, inventory } = harbour();
    const outcomes = await Promise.all([start(), start()]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['started', 'already_running']);
    expect((await inventory()).containers).toHaveLength(1);
  });

  test('replaces what an earlier start made and never ran', async () => {
    const { start, engine } = harbour();
    const old = planned();
    const id = await engine.createContainer(old.container);
    const { outcome, container } = await start();
    expect(outcome).toBe('started');
    expect(container.id).not.toBe(id);
  });

  test('without a network makes none', async () => {
    const { start, inventory } = harbour();
    await start(planned({ template: { network: { mode: 'none', ports: [] } } }));
    expect((await inventory()).networks).toEqual([]);
  });

  test('gives networks subnets that do not overlap, also at the same time', async () => {
    const { start, real } = harbour();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        start(
          planned({
            name: `n${index}`,
            template: { volumes: [], network: { mode: 'private', name: `n${index}`, ports: [] } },
          }),
        ),
      ),
    );
    const subnets = (await real.networks()).flatMap((network) => network.subnets);
    expect(new Set(subnets).size).toBe(10);
  });

  test('tries the next subnet when one turns out to be taken', async () => {
    const { start, faults, real } = harbour();
    faults.fail('createNetwork', new Problem('network_unavailable', 'overlaps'));
    await start();
    expect((await real.networks()).map(({ subnets }) => subnets)).toEqual([['10.201.0.16/28']]);
  });
});

describe('the image', () => {
  test('is pulled when missing, with its progress', async () => {
    const { start } = harbour({ registry: ['lab:1'] });
    const events: StartProgress[] = [];
    await start(planned(), events);
    expect(events[0]).toEqual({ event: 'pulling', image: 'lab:1' });
    expect(events.filter(({ event }) => event === 'layer').length).toBeGreaterThan(0);
  });

  test('is pulled although it is there when the template says always', async () => {
    const { start } = harbour({ images: ['lab:1'], registry: ['lab:1'] });
    const events: StartProgress[] = [];
    await start(planned({ template: { pull: 'always' } }), events);
    expect(events[0]).toEqual({ event: 'pulling', image: 'lab:1' });
  });

  test('that is missing and never to be pulled is an error that says so', async () => {
    const { start, inventory } = harbour({ registry: ['lab:1'] });
    await expect(start(planned({ template: { pull: 'never' } }))).rejects.toMatchObject({
      code: 'image_unavailable',
      message: expect.stringContaining('never to pull it'),
    });
    expect(await inventory()).toEqual(NOTHING);
  });

  test('that no registry has leaves nothing behind', async () => {
    const { start, inventory } = harbour({});
    await expect(start()).rejects.toMatchObject({ code: 'image_unavailable' });
    expect(await inventory()).toEqual(NOTHING);
  });
});

describe('names that others have', () => {
  test('a container made by somebody else stays theirs', async () => {
    const { start, engine, inventory } = harbour();
    const theirs = planned().container;
    await engine.createContainer({ ...theirs, labels: {}, mounts: [], network: undefined });
    await expect(start()).rejects.toMatchObject({ code: 'name_taken' });
    expect((await inventory()).containers).toEqual(['berth.alice.lab created']);
  });

  test('a former user of the same name keeps their container, volumes and network', async () => {
    const before = harbour();
    await before.start();
    const newAlice = { id: BOB, username: 'alice' };
    await expect(before.start(planned({ owner: newAlice }))).rejects.toMatchObject({
      code: 'name_taken',
    });

    const kept = harbour();
    const { container } = await kept.start();
    await kept.lifecycle.stop(container, () => true, 0);
    await expect(kept.start(planned({ owner: newAlice }))).rejects.toThrow(
      'a volume called berth.alice.lab.home that belongs to somebody else',
    );
    expect((await kept.inventory()).volumes).toHaveLength(2);

    const network = harbour();
    await network.start(planned({ name: 'other' }));
    await expect(
      network.start(planned({ owner: newAlice, template: { volumes: [] } })),
    ).rejects.toThrow('a network called berth.alice that belongs to somebody else');
  });
});

describe('a failure', () => {
  test.each(['createNetwork', 'createVolume', 'createContainer', 'startContainer'] as const)(
    'of %s undoes all that was made',
    async (operation) => {
      const { start, faults, inventory } = harbour();
      faults.fail(operation, new Problem('disk_full', 'The disk is full'));
      await expect(start()).rejects.toMatchObject({ code: 'disk_full' });
      expect(await inventory()).toEqual(NOTHING);
    },
  );

  test('leaves what was there before', async () => {
    const { start, faults, lifecycle, inventory } = harbour();
    const { container } = await start();
    await lifecycle.stop(container, persistent, 0);
    await start(planned({ name: 'other', template: { volumes: [] } }));
    const before = await inventory();
    faults.fail('startContainer', new Problem('port_unavailable', 'taken'));
    await expect(start()).rejects.toMatchObject({ code: 'port_unavailable' });
    expect(await inventory()).toEqual(before);
  });

  test('for want of subnets says which setting to change', async () => {
    const { start, inventory } = harbour();
    await start(planned({ pool: '10.9.0.0/28' }));
    await expect(
      start(
        planned({
          name: 'b',
          pool: '10.9.0.0/28',
          template: { network: { mode: 'private', name: 'b', ports: [] } },
        }),
      ),
    ).rejects.toThrow('enlarge networks.pool in main.yaml');
    expect((await inventory()).networks).toEqual(['berth.alice']);
  });

  test('to make a network for another reason is told as it is', async () => {
    const { start, faults } = harbour();
    faults.fail('createNetwork', new Problem('engine_unavailable', 'gone'));
    await expect(start()).rejects.toMatchObject({ code: 'engine_unavailable' });
  });

  test('behind our back is told: the container was removed while it started', async () => {
    const { start, faults, real } = harbour();
    const held = faults.hold('startContainer');
    const starting = start();
    await held.reached;
    const looked = faults.hold('containerNamed');
    held.release();
    await looked.reached;
    for (const { id } of await real.containers({})) await real.removeContainer(id);
    looked.release();
    await expect(starting).rejects.toThrow('was removed while it was starting');
  });
});

describe('a cancelled start', () => {
  test.each(['pull', 'createNetwork', 'createContainer', 'startContainer'] as const)(
    'is undone when cancelled during %s',
    async (operation) => {
      const { lifecycle, faults, inventory } = harbour({ registry: ['lab:1'] });
      const controller = new AbortController();
      const held = faults.hold(operation);
      const starting = lifecycle.start(planned(), () => {}, controller.signal);
      await held.reached;
      controller.abort();
      held.release();
      await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
      expect(await inventory()).toEqual(NOTHING);
    },
  );

  test('makes nothing when it was cancelled before', async () => {
    const { lifecycle, inventory } = harbour({ registry: ['lab:1'] });
    const starting = lifecycle.start(planned(), () => {}, AbortSignal.abort());
    await expect(starting).rejects.toMatchObject({ code: 'cancelled' });
    expect(await inventory()).toEqual(NOTHING);
  });
});

describe('a lost answer', () => {
  test('to the creation is found out by name: there is one container, and it runs', async () => {
    const { start, faults, inventory } = harbour();
    faults.loseAnswer('createContainer', lost());
    expect((await start()).outcome).toBe('started');
    expect((await inventory()).containers).toEqual(['berth.alice.lab running']);
  });

  test('to a creation that did not happen is a failure that leaves nothing', async () => {
    const { start, faults, inventory } = harbour();
    faults.fail('createContainer', lost());
    await expect(start()).rejects.toMatchObject({ code: 'engine_timeout' });
    expect(await inventory()).toEqual(NOTHING);
  });

  test('to the start is undone, though the container ran', async () => {
    const { start, faults, inventory } = harbour();
    faults.loseAnswer('startContainer', lost());
    await expect(start()).rejects.toMatchObject({ code: 'engine_timeout' });
    expect(await inventory()).toEqual(NOTHING);
  });

  /** A start whose container runs while nobody could be told, nor undo it. */
  async function givenUp() {
    const scene = harbour();
    const held = scene.faults.hold('createContainer');
    const starting = scene.start();
    await held.reached;
    scene.faults.loseAnswer('startContainer', lost());
    scene.faults.fail('containerNamed', lost());
    held.release();
    await expect(starting).rejects.toMatchObject({ code: 'engine_timeout' });
    expect(scene.leftovers).toEqual(['berth.alice.lab']);
    expect((await scene.inventory()).containers).toEqual(['berth.alice.lab running']);
    return scene;
  }

  test('while the engine stays away is swept up when it is back', async () => {
    const { lifecycle, inventory } = await givenUp();
    await lifecycle.sweep(persistent);
    expect(await inventory()).toEqual({ ...NOTHING, volumes: ['berth.alice.lab.home'] });
  });

  test('is no loss to a user who starts again before the sweep', async () => {
    const { start, lifecycle, inventory } = await givenUp();
    expect((await start()).outcome).toBe('already_running');
    await lifecycle.sweep(persistent);
    expect((await inventory()).containers).toEqual(['berth.alice.lab running']);
  });

  test('is no loss to a user who starts again during the sweep', async () => {
    const { start, faults, lifecycle, inventory } = await givenUp();
    const held = faults.hold('containers');
    const sweeping = lifecycle.sweep(persistent);
    await held.reached;
    await start();
    held.release();
    await sweeping;
    expect((await inventory()).containers).toEqual(['berth.alice.lab running']);
  });
});

describe('stop', () => {
  test('removes the container, what need not be kept, and the network behind the last', async () => {
    const { start, lifecycle, inventory } = harbour();
    const { container } = await start();
    const outcome = await lifecycle.stop(container, persistent, 0);
    expect(outcome.removedVolumes.map(({ name }) => name)).toEqual(['berth.alice.lab.scratch']);
    expect(outcome.keptVolumes.map(({ name }) => name)).toEqual(['berth.alice.lab.home']);
    expect(outcome.removedNetwork).toBe(true);
    expect(await inventory()).toEqual({ ...NOTHING, volumes: ['berth.alice.lab.home'] });
  });

  test('leaves the network while another container is in it, also one that does not run', async () => {
    const { start, lifecycle, engine, inventory } = harbour();
    const first = await start();
    const second = await start(planned({ name: 'two' }));
    await engine.stopContainer(second.container.id, 0);
    expect((await lifecycle.stop(first.container, persistent, 0)).removedNetwork).toBe(false);
    expect((await inventory()).networks).toEqual(['berth.alice']);
    expect((await lifecycle.stop(second.container, persistent, 0)).removedNetwork).toBe(true);
    expect((await inventory()).networks).toEqual([]);
  });

  test('of what is gone already cleans up the rest', async () => {
    const { start, lifecycle, engine, inventory } = harbour();
    const { container } = await start();
    await engine.removeContainer(container.id);
    await lifecycle.stop(container, persistent, 0);
    expect(await inventory()).toEqual({ ...NOTHING, volumes: ['berth.alice.lab.home'] });
  });

  test('of what another has stopped and started anew leaves the new one alone', async () => {
    const { start, lifecycle, inventory } = harbour();
    const { container } = await start();
    await lifecycle.stop(container, persistent, 0);
    await start();
    const before = await inventory();
    const outcome = await lifecycle.stop(container, persistent, 0);
    expect(outcome).toEqual({ removedVolumes: [], keptVolumes: [], removedNetwork: false });
    expect(await inventory()).toEqual(before);
  });

  test('and start keep the files of a volume that lasts', async () => {
    const { start, lifecycle, real } = harbour();
    const { container } = await start();
    await lifecycle.stop(container, persistent, 0);
    const [before] = await real.volumes({});
    await start();
    const after = await real.volumes({ [LABEL.volume]: 'home' });
    expect(after).toEqual([before]);
  });
});

describe('sweep', () => {
  test('removes what was made and never started, and what belonged to it', async () => {
    const { engine, lifecycle, inventory } = harbour();
    const { container, network } = planned();
    await engine.createNetwork({
      name: 'berth.alice',
      labels: network?.labels ?? {},
      subnet: '10.201.0.0/28',
    });
    await engine.createContainer(container);
    await lifecycle.sweep(persistent);
    expect(await inventory()).toEqual({ ...NOTHING, volumes: ['berth.alice.lab.home'] });
  });

  test('leaves alone what runs, what has exited, and what is not ours', async () => {
    const { start, engine, lifecycle, inventory } = harbour();
    await start();
    const { container } = await start(planned({ name: 'two' }));
    await engine.stopContainer(container.id, 0);
    const foreign = { [LABEL.instance]: 'other' };
    const { container: spec } = planned({ name: 'three' });
    await engine.createContainer({ ...spec, labels: foreign, mounts: [] });
    await engine.createNetwork({ name: 'theirs', labels: foreign, subnet: '10.9.0.0/28' });
    await engine.createVolume({ name: 'theirs', labels: {} });
    const before = await inventory();
    await lifecycle.sweep(persistent);
    expect(await inventory()).toEqual(before);
  });

  test('leaves alone what a start is just making', async () => {
    const { start, faults, lifecycle } = harbour();
    const held = faults.hold('startContainer');
    const starting = start();
    await held.reached;
    await lifecycle.sweep(persistent);
    held.release();
    expect((await starting).container.state).toBe('running');
  });

  test('fails when the engine does', async () => {
    const { faults, lifecycle } = harbour();
    faults.fail('containers', new Problem('engine_unavailable', 'gone'));
    await expect(lifecycle.sweep(persistent)).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});
