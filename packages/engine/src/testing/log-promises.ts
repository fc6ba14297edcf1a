import { expect, test } from 'vitest';
import type { EngineId, LogEntry, LogOptions } from '../port.ts';
import { expectProblem } from './expect-problem.ts';
import type { Subject } from './fixture.ts';
import { never, NONE } from './nothing.ts';

const LINES = [
  ['stdout', 'one\n'],
  ['stderr', 'two\n'],
  ['stdout', 'three\n'],
] as const;

export function logPromises(get: () => Subject): void {
  const follow = async (id: EngineId, signal = never()): Promise<AsyncIterator<LogEntry>> => {
    const log = await get().fixture.engine.logs(id, { follow: true }, signal);
    return log[Symbol.asyncIterator]();
  };
  const read = async (id: EngineId, options: Partial<LogOptions> = {}): Promise<LogEntry[]> => {
    const log = await get().fixture.engine.logs(id, { follow: false, ...options }, never());
    return Array.fromAsync(log);
  };
  const textsOf = (entries: readonly LogEntry[]): string[] => entries.map(({ text }) => text);
  /** A running container that has printed all lines, and a reader that has read them. */
  const printed = async (): Promise<[EngineId, AsyncIterator<LogEntry>]> => {
    const { fixture, make } = get();
    const id = await make.running();
    const reader = await follow(id);
    for (const [stream, text] of LINES) {
      await fixture.print(id, stream, text);
      const entry = { stream, time: expect.any(Date), text };
      await expect(reader.next()).resolves.toEqual({ done: false, value: entry });
    }
    return [id, reader];
  };
  const END = { done: true, value: undefined };

  test('who follows gets what is printed as it is printed, until the container ends', async () => {
    const [id, reader] = await printed();
    await get().fixture.engine.stopContainer(id, 0);
    await expect(reader.next()).resolves.toEqual(END);
  });

  test('what was printed is there to be read, also when the container has ended', async () => {
    const [id] = await printed();
    const entries = await read(id);
    expect(entries.map(({ stream, text }) => [stream, text])).toEqual(LINES);
    await get().fixture.engine.stopContainer(id, 0);
    await expect(read(id)).resolves.toEqual(entries);
    await expect(read(id, { follow: true })).resolves.toEqual(entries);
  });

  test('the last lines are to be had alone, and those since a time', async () => {
    const [id] = await printed();
    const [from = NaN, , to = NaN] = (await read(id)).map(({ time }) => time.getTime());
    expect(textsOf(await read(id, { tail: 2 }))).toEqual(['two\n', 'three\n']);
    expect(textsOf(await read(id, { tail: 9 }))).toHaveLength(3);
    await expect(read(id, { tail: 0 })).resolves.toEqual([]);
    await expect(read(id, { since: new Date(from) })).resolves.toHaveLength(3);
    await expect(read(id, { since: new Date(to + 1) })).resolves.toEqual([]);
  });

  test('a line of any length comes whole, in pieces', async () => {
    const { fixture, make } = get();
    const id = await make.running();
    const line = `${'0123456789'.repeat(4000)}\n`;
    const log = await fixture.engine.logs(id, { follow: true }, never());
    await fixture.print(id, 'stdout', line);
    let come = '';
    for await (const { text } of log) {
      come += text;
      if (come.length >= line.length) break;
    }
    expect(come).toBe(line);
  });

  test('a container that has never run has printed nothing', async () => {
    const id = await get().make.container();
    await expect(read(id)).resolves.toEqual([]);
    await expect(read(id, { follow: true })).resolves.toEqual([]);
  });

  test('a restart is an end to who follows, and what was printed before stays', async () => {
    const [id, reader] = await printed();
    await get().fixture.engine.restartContainer(id, 0);
    await expect(reader.next()).resolves.toEqual(END);
    expect(textsOf(await read(id))).toEqual(LINES.map(([, text]) => text));
  });

  test('a removal is an end to who follows', async () => {
    const [id, reader] = await printed();
    await get().fixture.engine.removeContainer(id);
    await expect(reader.next()).resolves.toEqual(END);
  });

  test('a container that is gone is not_found', async () => {
    await expectProblem(read(NONE), 'not_found');
    await expectProblem(read(NONE, { follow: true }), 'not_found');
  });

  test('a signal ends it: before it begins, between two entries, and while it waits', async () => {
    const [id] = await printed();
    await expectProblem(follow(id, AbortSignal.abort()), 'cancelled');
    const stop = new AbortController();
    const reader = await follow(id, stop.signal);
    for (const _ of LINES) await reader.next();
    const waiting = reader.next();
    stop.abort();
    await expectProblem(waiting, 'cancelled');
  });
}
