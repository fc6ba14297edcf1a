import { expect, test } from 'vitest';
import type { ContainerEvent, EngineId } from '../port.ts';
import { expectProblem } from './expect-problem.ts';
import type { Subject } from './fixture.ts';
import { never } from './nothing.ts';

export function eventPromises(get: () => Subject): void {
  const listen = async (
    labels = get().make.labels,
    signal = never(),
  ): Promise<AsyncIterator<ContainerEvent>> =>
    (await get().fixture.engine.events(labels, signal))[Symbol.asyncIterator]();
  const expectNext = async (
    listener: AsyncIterator<ContainerEvent>,
    id: EngineId,
    ...actions: ContainerEvent['action'][]
  ): Promise<void> => {
    for (const action of actions) {
      await expect(listener.next()).resolves.toEqual({ done: false, value: { id, action } });
    }
  };

  test('what becomes of a container is told, whoever does it', async () => {
    const { fixture, make } = get();
    const listener = await listen();
    const id = await make.running();
    await expectNext(listener, id, 'started');
    await fixture.engine.stopContainer(id, 0);
    await expectNext(listener, id, 'ended');
    await fixture.engine.startContainer(id);
    await fixture.engine.restartContainer(id, 0);
    await expectNext(listener, id, 'started', 'ended', 'started');
    await fixture.engine.removeContainer(id);
    await expectNext(listener, id, 'ended', 'removed');
  });

  test('only of containers that carry all of the labels', async () => {
    const { fixture, make } = get();
    const listener = await listen({ ...make.labels, owner: 'ann' });
    await make.running();
    await make.running({ labels: { ...make.labels, owner: 'bob' } });
    const id = await make.running({ labels: { ...make.labels, owner: 'ann', more: 'x' } });
    await expectNext(listener, id, 'started');
    await fixture.engine.removeContainer(id);
  });

  test('every listener hears of it', async () => {
    const listeners = [await listen(), await listen()];
    const id = await get().make.running();
    for (const listener of listeners) await expectNext(listener, id, 'started');
  });

  test('a signal ends it, before it begins and while it waits', async () => {
    await expectProblem(listen(undefined, AbortSignal.abort()), 'cancelled');
    const stop = new AbortController();
    const waiting = (await listen(undefined, stop.signal)).next();
    stop.abort();
    await expectProblem(waiting, 'cancelled');
  });
}
