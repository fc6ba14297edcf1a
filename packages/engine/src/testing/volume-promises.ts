import { expect, test } from 'vitest';
import type { Subject } from './fixture.ts';
import { expectProblem, successesOf } from './expect-problem.ts';

export function volumePromises(get: () => Subject): void {
  test('volumes are found by their labels, all of them', async () => {
    const { fixture, make } = get();
    const { engine } = fixture;
    const home = { name: make.name(), labels: { ...make.labels, kind: 'home' } };
    const work = { name: make.name(), labels: { ...make.labels, kind: 'work' } };
    await engine.createVolume(home);
    await engine.createVolume(work);

    await expect(engine.volumes(home.labels)).resolves.toEqual([home]);
    const all = await engine.volumes(make.labels);
    expect(all).toHaveLength(2);
    expect(all).toEqual(expect.arrayContaining([home, work]));
    await expect(engine.volumes({ ...make.labels, kind: 'none' })).resolves.toEqual([]);
  });

  test('a second volume of the same name is name_taken, also with the same labels', async () => {
    const { fixture, make } = get();
    const name = await make.volume();
    const again = fixture.engine.createVolume({ name, labels: make.labels });
    await expectProblem(again, 'name_taken');
  });

  test('of several volumes of one name at once, one is made', async () => {
    const { fixture, make } = get();
    const volume = { name: make.name(), labels: make.labels };
    const works = [1, 2, 3].map(() => fixture.engine.createVolume(volume));
    await expect(successesOf(works, 'name_taken')).resolves.toBe(1);
  });

  test('a volume is removed, and removing it again succeeds', async () => {
    const { fixture, make } = get();
    const name = await make.volume();
    await fixture.engine.removeVolume(name);
    await fixture.engine.removeVolume(name);
    await expect(fixture.engine.volumes(make.labels)).resolves.toEqual([]);
  });

  test('removing a volume that a container has is conflict, running or not', async () => {
    const { fixture, make } = get();
    const volume = await make.volume();
    const id = await make.container({
      mounts: [make.mount(volume)],
    });
    await expectProblem(fixture.engine.removeVolume(volume), 'conflict');

    await fixture.engine.removeContainer(id);
    await fixture.engine.removeVolume(volume);
  });
}
