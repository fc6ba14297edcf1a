import type { ContainerDetails, Engine, EngineId } from '../port.ts';
import type { ContainerStats } from '../stats.ts';
import type { MemoryContainer, MemoryState } from './state.ts';

/** Every container keeps a tenth of a core busy, and so many bytes of its memory. */
const CORES = 0.1;
const MEMORY = 4 * 1024 ** 2;

export function observingCalls(
  state: MemoryState,
  now: () => Date,
): Pick<Engine, 'details' | 'stats'> {
  const ofEach = <T>(
    ids: readonly EngineId[],
    tell: (container: MemoryContainer) => T | undefined,
  ): Map<EngineId, T> =>
    new Map(
      ids.flatMap((id) => {
        const container = state.containers.get(id);
        const told = container && tell(container);
        return told === undefined ? [] : [[id, told]];
      }),
    );

  const detailsOf = ({ startedAt }: MemoryContainer): ContainerDetails => ({
    startedAt,
    oomKilled: false,
  });

  const statsOf = ({ startedAt, spec }: MemoryContainer): ContainerStats | undefined => {
    if (startedAt === undefined) return undefined;
    const time = now();
    return {
      time,
      cpuNanos: (time.getTime() - startedAt.getTime()) * 1e6 * CORES,
      memoryBytes: MEMORY,
      memoryLimitBytes: spec.memoryBytes,
      pids: 1,
      network: { receivedBytes: 0, sentBytes: 0 },
      disk: { readBytes: 0, writtenBytes: 0 },
    };
  };

  return {
    details: async (ids) => ofEach(ids, detailsOf),
    stats: async (ids) => ofEach(ids, statsOf),
  };
}
