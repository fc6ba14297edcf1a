import type { Engine } from '../port.ts';

type Operation = Exclude<keyof Engine, 'close'>;

type StreamOperation = 'logs' | 'events';

/** What can go wrong on request. Each fault but the last strikes the next call of its operation, and only that. */
export interface Faults {
  /** The call does nothing and fails. */
  fail(operation: Operation, error: Error): void;
  /** The call does what it shall, and fails all the same: its answer is lost. */
  loseAnswer(operation: Operation, error: Error): void;
  /** The call waits, before it does anything, until it is released. */
  hold(operation: Operation): Held;
  /** The call does what it shall; its answer waits until it is released. */
  holdAnswer(operation: Operation): Held;
  /** Breaks off all streams of the operation that are open now. */
  breakOff(operation: StreamOperation, error: Error): void;
}

export interface Held {
  /** Settles when the call has come. */
  readonly reached: Promise<void>;
  release(): void;
}

type Fault = <T>(act: () => Promise<T>) => Promise<T>;

/** The same engine, in which calls go wrong when told to. */
export function withFaults(engine: Engine): { engine: Engine; faults: Faults } {
  const waiting = new Map<Operation, Fault[]>();

  const strike = (operation: Operation, fault: Fault) => {
    waiting.set(operation, [...(waiting.get(operation) ?? []), fault]);
  };
  const open =
    <A extends unknown[], T>(operation: Operation, call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const fault = waiting.get(operation)?.shift();
      return fault === undefined ? call(...args) : fault(() => call(...args));
    };

  const breakers: Record<StreamOperation, Set<AbortController>> = {
    logs: new Set(),
    events: new Set(),
  };
  const stream = async <T>(
    operation: StreamOperation,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  ): Promise<AsyncIterable<T>> => {
    const breaker = new AbortController();
    const answer = await call(AbortSignal.any([signal, breaker.signal]));
    breakers[operation].add(breaker);
    return breaking(answer, breaker.signal);
  };

  return {
    faults: {
      fail(operation, error) {
        strike(operation, () => Promise.reject(error));
      },
      loseAnswer(operation, error) {
        strike(operation, async (act) => {
          await act();
          throw error;
        });
      },
      hold(operation) {
        const reached = Promise.withResolvers<void>();
        const released = Promise.withResolvers<void>();
        strike(operation, async (act) => {
          reached.resolve();
          await released.promise;
          return act();
        });
        return { reached: reached.promise, release: released.resolve };
      },
      holdAnswer(operation) {
        const reached = Promise.withResolvers<void>();
        const released = Promise.withResolvers<void>();
        strike(operation, async (act) => {
          const answer = await act();
          reached.resolve();
          await released.promise;
          return answer;
        });
        return { reached: reached.promise, release: released.resolve };
      },
      breakOff(operation, error) {
        for (const breaker of breakers[operation]) breaker.abort(error);
        breakers[operation].clear();
      },
    },
    engine: {
      version: open('version', engine.version),
      info: open('info', engine.info),
      hasImage: open('hasImage', engine.hasImage),
      pull: open('pull', engine.pull),
      createContainer: open('createContainer', engine.createContainer),
      startContainer: open('startContainer', engine.startContainer),
      stopContainer: open('stopContainer', engine.stopContainer),
      restartContainer: open('restartContainer', engine.restartContainer),
      removeContainer: open('removeContainer', engine.removeContainer),
      containers: open('containers', engine.containers),
      containerNamed: open('containerNamed', engine.containerNamed),
      details: open('details', engine.details),
      stats: open('stats', engine.stats),
      logs: open('logs', (id, options, signal) =>
        stream('logs', signal, (either) => engine.logs(id, options, either)),
      ),
      events: open('events', (labels, signal) =>
        stream('events', signal, (either) => engine.events(labels, either)),
      ),
      createNetwork: open('createNetwork', engine.createNetwork),
      networks: open('networks', engine.networks),
      removeNetwork: open('removeNetwork', engine.removeNetwork),
      createVolume: open('createVolume', engine.createVolume),
      volumes: open('volumes', engine.volumes),
      removeVolume: open('removeVolume', engine.removeVolume),
      close: () => engine.close(),
    },
  };
}

/** @param broken fires with the error that the reader is to get */
async function* breaking<T>(stream: AsyncIterable<T>, broken: AbortSignal): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw broken.aborted ? broken.reason : error;
  }
}
