import type { ContainerStats, Engine, EngineId } from '@berth/engine';

/** What a container uses now. */
export interface ContainerUsage {
  /** Of one core, since it was looked at before; undefined the first time. */
  readonly cpuPercent: number | undefined;
  readonly stats: ContainerStats;
}

/** With an older look than this who asks waits for a new one, which some engines take a second for. */
const OLD_MS = 10_000;

/** Who asks more often than this gets the same again. */
const FRESH_MS = 2000;

/**
 * What containers use. Looks only when it is asked, so that it costs nothing while nobody watches; who asks
 * every few seconds is answered at once with what the time before has brought to light.
 *
 * @param options.monotonic milliseconds that never go backwards
 * @param options.onFault is told of a look that failed, where nobody waited for it
 */
export function createUsage(options: {
  readonly stats: Engine['stats'];
  readonly monotonic: () => number;
  readonly onFault: (error: unknown) => void;
}): (ids: readonly EngineId[]) => Promise<ReadonlyMap<EngineId, ContainerUsage>> {
  const { stats, monotonic, onFault } = options;
  let latest: ReadonlyMap<EngineId, ContainerUsage> = new Map();
  let looked = -Infinity;
  let looking: Promise<void> | undefined;

  const look = async (ids: readonly EngineId[]): Promise<void> => {
    const found = await stats(ids);
    latest = new Map(
      [...found].map(([id, now]) => [
        id,
        { cpuPercent: cpuPercent(latest.get(id)?.stats, now), stats: now },
      ]),
    );
    looked = monotonic();
  };

  return async (ids) => {
    const age = monotonic() - looked;
    if (age < FRESH_MS) return latest;
    looking ??= look(ids).finally(() => {
      looking = undefined;
    });
    if (age > OLD_MS) await looking;
    else looking.catch(onFault);
    return latest;
  };
}

/** Undefined where there is no look before, or the container was started anew since. */
export function cpuPercent(
  before: ContainerStats | undefined,
  now: ContainerStats,
): number | undefined {
  if (before === undefined) return undefined;
  const nanos = (now.time.getTime() - before.time.getTime()) * 1e6;
  const used = now.cpuNanos - before.cpuNanos;
  return nanos <= 0 || used < 0 ? undefined : (used / nanos) * 100;
}
