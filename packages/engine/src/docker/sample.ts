import type { ContainerStats } from '../stats.ts';

/** What the engine says a container uses: the part that we read, with all that may be missing in it. */
export interface Sample {
  readonly read: string;
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } };
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Cache;
  };
  readonly pids_stats?: { readonly current?: number };
  readonly networks?: Readonly<
    Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>
  >;
  readonly blkio_stats?: { readonly io_service_bytes_recursive: readonly Moved[] | null };
}

/** Pages of files that were not used of late: cgroup v1 has both, and the second leaves out children. */
interface Cache {
  readonly total_inactive_file?: number;
  readonly inactive_file?: number;
}

/** Of one disk; cgroup v1 writes `Read`, v2 `read`. */
interface Moved {
  readonly op: string;
  readonly value: number;
}

/** The sample in our nouns; undefined for a container that does not run: it has no memory then. */
export function toStats(sample: Sample): ContainerStats | undefined {
  const { usage, limit, stats = {} } = sample.memory_stats;
  if (usage === undefined || limit === undefined) return undefined;
  const networks = Object.values(sample.networks ?? {});
  const disks = sample.blkio_stats?.io_service_bytes_recursive ?? [];
  return {
    time: new Date(sample.read),
    cpuNanos: sample.cpu_stats.cpu_usage.total_usage,
    memoryBytes: usage - cacheOf(stats, usage),
    memoryLimitBytes: limit,
    pids: sample.pids_stats?.current ?? 0,
    network: {
      receivedBytes: sum(networks.map(({ rx_bytes }) => rx_bytes)),
      sentBytes: sum(networks.map(({ tx_bytes }) => tx_bytes)),
    },
    disk: { readBytes: moved(disks, 'read'), writtenBytes: moved(disks, 'write') },
  };
}

/** As `docker stats` does it. */
function cacheOf({ total_inactive_file, inactive_file }: Cache, usage: number): number {
  const cache = total_inactive_file ?? inactive_file ?? 0;
  return cache < usage ? cache : 0;
}

function moved(disks: readonly Moved[], direction: 'read' | 'write'): number {
  return sum(disks.flatMap(({ op, value }) => (op.toLowerCase() === direction ? [value] : [])));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
