import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerEvent, Engine, EngineId, LogEntry } from '../port.ts';
import { problemOf } from '../testing/expect-problem.ts';
import { never } from '../testing/nothing.ts';
import { createDockerEngine } from './engine.ts';

/** Streams of an engine that fails as a real one does, at the moment that the test wants. */

const ID = 'a'.repeat(64) as EngineId;
const EVENT = `${JSON.stringify({ Type: 'container', Action: 'start', Actor: { ID } })}\n`;
const STARTED: ContainerEvent = { id: ID, action: 'started' };
const LINE = '2026-11-24T10:48:32.301821497Z one\n';
const ENTRY: LogEntry = {
  stream: 'stdout',
  time: new Date('2026-11-24T10:48:32.301Z'),
  text: 'one\n',
};
const frame = (text: string, kind = 1): Buffer =>
  Buffer.concat([Buffer.from([kind, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);

let engine: Engine;
/** When the container was started, as long as it runs. */
let run: string | undefined;
/** The answer that streams, once it was asked for. */
let asked: PromiseWithResolvers<ServerResponse>;
let close: () => Promise<void>;
beforeEach(async () => {
  run = 'first';
  asked = Promise.withResolvers();
  const server = createServer(({ url }, answer) => {
    if (url?.startsWith('/version') === true) return; // It never answers.
    if (url?.endsWith('/json') === true) {
      answer.end(JSON.stringify({ State: { Running: run !== undefined, StartedAt: run } }));
      return;
    }
    answer.flushHeaders();
    asked.resolve(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  engine = createDockerEngine({ host, timeoutMs: 50, pullStallMs: 50 });
  close = async () => {
    engine.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
});
afterEach(() => close());

async function listening(
  signal = never(),
): Promise<[AsyncIterator<ContainerEvent>, ServerResponse]> {
  const events = await engine.events({}, signal);
  return [events[Symbol.asyncIterator](), await asked.promise];
}
async function reading(follow = false): Promise<[AsyncIterator<LogEntry>, ServerResponse]> {
  const log = await engine.logs(ID, { follow }, never());
  return [log[Symbol.asyncIterator](), await asked.promise];
}
const next = (value: unknown) => ({ done: false, value });
const END = { done: true, value: undefined };

test('a stream outlasts the deadline of the call that opened it', async () => {
  const [events, answer] = await listening();
  await expect(problemOf(engine.version())).resolves.toMatchObject({ code: 'engine_timeout' });
  answer.write(EVENT);
  await expect(events.next()).resolves.toEqual(next(STARTED));
});

describe('the connection ends', () => {
  test('with the signal', async () => {
    const stop = new AbortController();
    const [events, answer] = await listening(stop.signal);
    const waiting = problemOf(events.next());
    stop.abort();
    await once(answer, 'close');
    await expect(waiting).resolves.toMatchObject({ code: 'cancelled' });
  });

  test('with the signal, also where nobody has begun to read', async () => {
    const stop = new AbortController();
    const [, answer] = await listening(stop.signal);
    stop.abort();
    await once(answer, 'close');
  });

  test('when its reader has enough', async () => {
    const [log, answer] = await reading();
    answer.write(frame(LINE));
    await expect(log.next()).resolves.toEqual(next(ENTRY));
    await log.return?.();
    await once(answer, 'close');
  });
});

describe('a stream that breaks off is engine_unavailable', () => {
  const expectBroken = async (stream: AsyncIterator<unknown>): Promise<void> => {
    const problem = await problemOf(stream.next());
    expect(problem.code).toBe('engine_unavailable');
    expect(problem.message).toContain('broke off while it was telling what happens');
  };

  test.each([
    ['is cut', (answer: ServerResponse) => void answer.destroy()],
    ['ends in good order', (answer: ServerResponse) => void answer.end()],
  ])('events, where the answer %s', async (_, end) => {
    const [events, answer] = await listening();
    answer.write(EVENT);
    await expect(events.next()).resolves.toEqual(next(STARTED));
    end(answer);
    await expectBroken(events);
  });

  test('a log, where the answer is cut', async () => {
    const [log, answer] = await reading();
    answer.write(frame(LINE));
    await expect(log.next()).resolves.toEqual(next(ENTRY));
    answer.destroy();
    await expectBroken(log);
  });

  test('a log that is followed, where the answer ends and the container runs on', async () => {
    const [log, answer] = await reading(true);
    answer.end(frame(LINE));
    await expect(log.next()).resolves.toEqual(next(ENTRY));
    await expectBroken(log);
  });
});

test.each([
  ['has ended', undefined],
  ['was started anew', 'second'],
])('a log that is followed is complete where the container %s', async (_, later) => {
  const [log, answer] = await reading(true);
  run = later;
  answer.end(frame(LINE));
  await expect(log.next()).resolves.toEqual(next(ENTRY));
  await expect(log.next()).resolves.toEqual(END);
});

describe('a log is never taken for complete', () => {
  test('where it ends within a frame', async () => {
    const [log, answer] = await reading();
    answer.end(Buffer.concat([frame(LINE), frame(LINE).subarray(0, 20)]));
    await expect(log.next()).resolves.toEqual(next(ENTRY));
    await expect(log.next()).rejects.toThrow('ends within a frame');
  });

  test('where a line has no time', async () => {
    const [log, answer] = await reading();
    answer.end(frame('one\n'));
    await expect(log.next()).rejects.toThrow('a line without a time');
  });

  test('where the engine says that it cannot read on', async () => {
    const [log, answer] = await reading();
    answer.end(frame('Error grabbing logs: input/output error\n', 3));
    const problem = await problemOf(log.next());
    expect(problem.code).toBe('disk_failed');
    expect(problem.message).toContain('Error grabbing logs: input/output error');
  });
});

test('an event without an end is refused before it fills the memory', async () => {
  const [events, answer] = await listening();
  answer.write('x'.repeat(1024 ** 2 + 1));
  await expect(events.next()).rejects.toThrow('a line without an end');
});

test('what was not asked for is passed over', async () => {
  const [events, answer] = await listening();
  answer.write(
    EVENT.replace('start', 'exec_die') + EVENT.replace('start', 'health_status: healthy'),
  );
  await expect(events.next()).resolves.toEqual(next({ id: ID, action: 'health' }));
});
