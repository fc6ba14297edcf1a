import { expect, test } from 'vitest';
import type { Subject } from './fixture.ts';
import { NONE } from './nothing.ts';

export function observationPromises(get: () => Subject): void {
  test('a running container tells when it was started, each time anew', async () => {
    const { fixture, make } = get();
    const id = await make.container();
    const startedAt = async () => (await fixture.engine.details([id])).get(id)?.startedAt;
    await expect(startedAt()).resolves.toBeUndefined();

    await fixture.engine.startContainer(id);
    const first = await startedAt();
    const created = (await make.view(id))?.created;
    expect(first?.getTime()).toBeGreaterThanOrEqual(created?.getTime() ?? Infinity);

    await fixture.engine.stopContainer(id, 0);
    await expect(startedAt()).resolves.toBeUndefined();
    await fixture.engine.startContainer(id);
    expect((await startedAt())?.getTime()).toBeGreaterThanOrEqual(first?.getTime() ?? Infinity);
  });

  test('a running container tells what it uses, and within which limits', async () => {
    const { fixture, make } = get();
    const spec = make.spec();
    const id = await make.running(spec);
    const usage = async () => (await fixture.engine.stats([id])).get(id);
    const [before, after] = [await usage(), await usage()];

    expect(before?.memoryLimitBytes).toBe(spec.memoryBytes);
    expect(before?.memoryBytes).toBeGreaterThan(0);
    expect(before?.memoryBytes).toBeLessThan(spec.memoryBytes);
    expect(before?.pids).toBeGreaterThan(0);
    expect(before?.network).toEqual({ receivedBytes: 0, sentBytes: 0 });
    expect(before?.disk.readBytes).toBeGreaterThanOrEqual(0);
    expect(before?.cpuNanos).toBeGreaterThanOrEqual(0);
    expect(after?.cpuNanos).toBeGreaterThanOrEqual(before?.cpuNanos ?? Infinity);
    expect(after?.time.getTime()).toBeGreaterThanOrEqual(before?.time.getTime() ?? Infinity);
  });

  test('of many containers, those that are gone are missing, and what does not run uses nothing', async () => {
    const { fixture, make } = get();
    const [running, made, removed] = [
      await make.running(),
      await make.container(),
      await make.running(),
    ];
    await fixture.engine.removeContainer(removed);
    const ids = [running, made, removed, NONE];
    const details = await fixture.engine.details(ids);
    expect(new Set(details.keys())).toEqual(new Set([running, made]));
    expect(details.get(made)).toEqual({ startedAt: undefined, oomKilled: false });
    expect([...(await fixture.engine.stats(ids)).keys()]).toEqual([running]);
  });

  test('of no containers there is nothing to tell', async () => {
    const { engine } = get().fixture;
    await expect(engine.details([])).resolves.toEqual(new Map());
    await expect(engine.stats([])).resolves.toEqual(new Map());
  });
}
