import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startWorker, type Job, type Worker } from './worker.ts';

const run = promisify(execFile);

/** A place for one trial: its folder, its processes and its file systems, all gone at its end. */
export interface Arena {
  readonly folder: string;
  /** Fires when the trial has to end early. */
  readonly signal: AbortSignal;
  start(job: Job): Worker;
  /** Mounts a file system on a folder of the arena’s. Needs root. */
  mount(type: 'ext4' | 'tmpfs', source: string, options: string, folder: string): Promise<void>;
  unmount(folder: string): Promise<void>;
}

export async function openArena(signal: AbortSignal): Promise<Arena & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-torture-'));
  const workers = new Set<Worker>();
  const mounts = new Set<string>();
  const killAll = (): void => {
    for (const worker of workers) worker.kill();
  };
  const unmount = async (mounted: string): Promise<void> => {
    await run('umount', [mounted]);
    mounts.delete(mounted);
  };
  signal.addEventListener('abort', killAll, { once: true });
  return {
    folder,
    signal,
    start: (job) => {
      signal.throwIfAborted();
      const worker = startWorker(job);
      workers.add(worker);
      void worker.ended.then(() => workers.delete(worker));
      return worker;
    },
    mount: async (type, source, options, mounted) => {
      await mkdir(mounted, { recursive: true });
      await run('mount', ['-t', type, '-o', options, source, mounted]);
      mounts.add(mounted);
    },
    unmount,
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', killAll);
      killAll();
      await Promise.all([...workers].map(({ ended }) => ended));
      for (const mounted of mounts) await unmount(mounted);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
