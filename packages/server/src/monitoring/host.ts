import { stat, statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import type { Disk, HostStatus } from '@berth/contract';

/** Time that the cores have spent since the machine was started, all together, in any one unit. */
export interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** What the system says of the machine. */
export interface Host {
  cpuCount(): number;
  cpuTimes(): CpuTimes;
  load(): readonly number[];
  memory(): { readonly used: number; readonly total: number };
  uptimeSeconds(): number;
  /** Undefined where there is no such folder yet. */
  disk(folder: string): Promise<HostDisk | undefined>;
}

export interface HostDisk {
  /** The same for all folders on one disk. */
  readonly id: number;
  readonly used: number;
  readonly available: number;
  readonly total: number;
}

export const thisHost: Host = {
  cpuCount: () => cpus().length,
  cpuTimes: () => {
    let [busy, all] = [0, 0];
    for (const { times } of cpus()) {
      const { user, nice, sys, irq, idle } = times;
      busy += user + nice + sys + irq;
      all += user + nice + sys + irq + idle;
    }
    return { busy, all };
  },
  load: loadavg,
  // What is free here counts what the kernel would give back, as `free` has it under “available”.
  memory: () => ({ used: totalmem() - freemem(), total: totalmem() }),
  uptimeSeconds: uptime,
  disk: async (folder) => {
    try {
      const [{ dev }, { bsize, blocks, bfree, bavail }] = await Promise.all([
        stat(folder),
        statfs(folder),
      ]);
      return {
        id: dev,
        used: (blocks - bfree) * bsize,
        available: bavail * bsize,
        total: blocks * bsize,
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
};

type Holding = Disk['holds'][number];

/** Looking at it more often says nothing. */
const LEAST_MS = 1000;

/**
 * How the machine is. CPU time is measured since it was asked before, but over a second at least.
 *
 * @param options.folders what of ours is where
 * @param options.monotonic milliseconds that never go backwards
 */
export function createHostStatus(options: {
  readonly host: Host;
  readonly folders: () => Readonly<Record<Holding, string>>;
  readonly monotonic: () => number;
}): () => Promise<HostStatus> {
  const { host, folders, monotonic } = options;
  let before = { at: monotonic(), times: host.cpuTimes() };
  // Since the machine was started, until it is known better.
  let percent = busyPercent(before.times, { busy: 0, all: 0 });

  const cpuPercent = (): number => {
    const at = monotonic();
    if (at - before.at < LEAST_MS) return percent;
    const times = host.cpuTimes();
    percent = busyPercent(times, before.times);
    before = { at, times };
    return percent;
  };

  const disks = async (): Promise<Disk[]> => {
    const entries = Object.entries(folders()) as [Holding, string][];
    const found = new Map<number, Disk>();
    for (const [holding, folder] of entries) {
      const disk = await host.disk(folder);
      if (disk === undefined) continue;
      const { id, used, available, total } = disk;
      const holds = [...(found.get(id)?.holds ?? []), holding];
      found.set(id, { holds, used_bytes: used, available_bytes: available, total_bytes: total });
    }
    return [...found.values()];
  };

  return async () => {
    const { used, total } = host.memory();
    return {
      cpus: host.cpuCount(),
      cpu_percent: rounded(cpuPercent()),
      load: [...host.load()],
      memory: { used_bytes: used, total_bytes: total },
      disks: await disks(),
      uptime_seconds: Math.floor(host.uptimeSeconds()),
    };
  };
}

function busyPercent(now: CpuTimes, before: CpuTimes): number {
  const all = now.all - before.all;
  return all <= 0 ? 0 : ((now.busy - before.busy) / all) * 100;
}

/** More digits than people read would only make answers longer. */
export const rounded = (percent: number): number => Math.round(percent * 10) / 10;
