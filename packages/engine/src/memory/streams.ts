import { on } from 'node:events';
import { Problem } from '@berth/contract';
import { carries } from '../carries.ts';
import type { ContainerEvent, Engine, LogEntry } from '../port.ts';
import type { Happening, MemoryContainer, MemoryState } from './state.ts';

export function streamCalls(state: MemoryState): Pick<Engine, 'logs' | 'events'> {
  return {
    async logs(id, { tail, since, follow }, signal) {
      const container = state.containers.get(id);
      if (container === undefined) throw new Problem('not_found', 'The container is gone.');
      if (signal.aborted) throw cancelled();
      const { output } = container;
      const printed = output
        .slice(tail === undefined ? 0 : Math.max(output.length - tail, 0))
        .filter(({ time }) => since === undefined || time >= since);
      const coming =
        follow && container.state === 'running' ? comingFrom(container, signal) : nothing();
      return untilCancelled(both(printed, coming), signal);
    },

    async events(labels, signal) {
      if (signal.aborted) throw cancelled();
      const all = on(state.happenings, 'happening', { signal });
      return untilCancelled(eventsOf(all as AsyncIterable<[Happening]>, labels), signal);
    },
  };
}

function comingFrom({ voice }: MemoryContainer, signal: AbortSignal): AsyncIterable<[LogEntry]> {
  return on(voice, 'printed', { signal, close: ['ended'] }) as AsyncIterable<[LogEntry]>;
}

async function* both(
  printed: readonly LogEntry[],
  coming: AsyncIterable<[LogEntry]>,
): AsyncGenerator<LogEntry> {
  yield* printed;
  for await (const [entry] of coming) yield entry;
}

async function* nothing(): AsyncGenerator<never> {}

async function* eventsOf(
  all: AsyncIterable<[Happening]>,
  wanted: Happening['labels'],
): AsyncGenerator<ContainerEvent> {
  for await (const [{ event, labels }] of all) if (carries(labels, wanted)) yield event;
}

async function* untilCancelled<T>(
  stream: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  try {
    for await (const one of stream) {
      signal.throwIfAborted();
      yield one;
    }
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  }
}

const cancelled = (): Problem => new Problem('cancelled', 'Listening to the engine was cancelled.');
