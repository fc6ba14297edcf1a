import { describe, expect, test } from 'vitest';
import type { Subject } from './fixture.ts';
import { expectProblem, successesOf } from './expect-problem.ts';
import { startPromises } from './start-promises.ts';

export function containerPromises(get: () => Subject): void {
  test('a container that was made is reported as it was asked for', async () => {
    const { fixture, make } = get();
    const volume = await make.volume();
    const network = await make.network();
    const spec = make.spec({
      labels: { ...make.labels, more: 'a=b, c' },
      network,
      mounts: [make.mount(volume)],
    });
    const id = await fixture.engine.createContainer(spec);

    expect(id).toMatch(/^[0-9a-f]{64}$/);
    await expect(fixture.engine.containerNamed(spec.name)).resolves.toEqual({
      id,
      name: spec.name,
      image: fixture.image,
      state: 'created',
      exitCode: undefined,
      health: undefined,
      created: expect.any(Date),
      labels: spec.labels,
      networks: [network],
      ports: [],
      mounts: [{ volume, target: '/data' }],
    });
  });

  test('a volume that vanished before is made again, with its labels', async () => {
    const { fixture, make } = get();
    const name = make.name();
    await make.container({ mounts: [make.mount(name)] });
    await expect(fixture.engine.volumes(make.labels)).resolves.toEqual([
      { name, labels: make.labels },
    ]);
  });

  test('a container without a network has none', async () => {
    const { make } = get();
    const id = await make.running();
    await expect(make.view(id)).resolves.toMatchObject({ networks: [] });
  });

  test('a second container of the same name is name_taken', async () => {
    const { make } = get();
    const name = make.name();
    await make.container({ name });
    await expectProblem(make.container({ name }), 'name_taken');
  });

  test('of several containers of one name at once, one is made', async () => {
    const { make } = get();
    const name = make.name();
    const works = [1, 2, 3].map(() => make.container({ name }));
    await expect(successesOf(works, 'name_taken')).resolves.toBe(1);
  });

  test('an image that is not present is image_unavailable', async () => {
    const { fixture, make } = get();
    await expectProblem(make.container({ image: fixture.missingImage }), 'image_unavailable');
  });

  test('resources that the machine cannot give are template_rejected', async () => {
    const { make } = get();
    await expectProblem(make.container({ memoryBytes: 1_000_000 }), 'template_rejected');
    await expectProblem(make.container({ cpus: 4000 }), 'template_rejected');
  });

  describe('starting', () => startPromises(get));

  test('its volumes are reported in the order of their targets', async () => {
    const { make } = get();
    const targets = ['/c', '/a', '/e', '/b', '/d'];
    const volumes = await Promise.all(targets.map(() => make.volume()));
    const id = await make.container({
      mounts: volumes.map((volume, index) => ({
        ...make.mount(volume),
        target: targets[index] ?? '',
      })),
    });
    const reported = (await make.view(id))?.mounts.map(({ target }) => target);
    expect(reported).toEqual(targets.toSorted());
  });

  test('a container is stopped, and stopping it again succeeds', async () => {
    const { fixture, make } = get();
    const id = await make.running();
    await fixture.engine.stopContainer(id, 10_000);
    await expect(make.view(id)).resolves.toMatchObject({
      state: 'exited',
      exitCode: 143, // by SIGTERM
      ports: [],
    });
    await fixture.engine.stopContainer(id, 0);
  });

  test('a container is removed, running or not, with what follows succeeding', async () => {
    const { fixture, make } = get();
    for (const id of [await make.running(), await make.container()]) {
      await fixture.engine.removeContainer(id);
      await expect(make.view(id)).resolves.toBeUndefined();
      await fixture.engine.removeContainer(id);
      await fixture.engine.stopContainer(id, 0);
    }
  });

  test('removing a container several times at once succeeds, and its name is free then', async () => {
    const { fixture, make } = get();
    const name = make.name();
    const id = await make.running({ name });
    await Promise.all([1, 2, 3].map(() => fixture.engine.removeContainer(id)));
    await make.container({ name });
  });

  test('removing a container leaves its named volumes', async () => {
    const { fixture, make } = get();
    const volume = await make.volume();
    const id = await make.running({
      mounts: [make.mount(volume)],
    });
    await fixture.engine.removeContainer(id);
    await expect(fixture.engine.volumes(make.labels)).resolves.toHaveLength(1);
  });

  test('containers are listed in any state, oldest first, by all of their labels', async () => {
    const { fixture, make } = get();
    const [one, two, three] = [
      await make.running({ labels: { ...make.labels, owner: 'ann' } }),
      await make.container({ labels: { ...make.labels, owner: 'ann', extra: 'x' } }),
      await make.running({ labels: { ...make.labels, owner: 'bob' } }),
    ];
    const ids = async (labels: Record<string, string>) =>
      (await fixture.engine.containers({ ...make.labels, ...labels })).map(({ id }) => id);

    await expect(ids({})).resolves.toEqual([one, two, three]);
    await expect(ids({ owner: 'ann' })).resolves.toEqual([one, two]);
    await expect(ids({ owner: 'ann', extra: 'x' })).resolves.toEqual([two]);
    await expect(ids({ owner: 'an' })).resolves.toEqual([]);
  });

  test('a name finds exactly its container: no part of a name, no id, no pattern', async () => {
    const { fixture, make } = get();
    const name = make.name();
    const id = await make.container({ name });
    await make.container({ name: `${name}0` });

    await expect(fixture.engine.containerNamed(name)).resolves.toMatchObject({ id, name });
    for (const other of [name.slice(0, -1), name.replaceAll('.', '-'), id, id.slice(0, 12)]) {
      await expect(fixture.engine.containerNamed(other)).resolves.toBeUndefined();
    }
  });
}
