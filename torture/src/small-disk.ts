import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Arena } from './arena.ts';

const run = promisify(execFile);

/** An ext4 in a file, whose power can be cut. */
export interface SmallDisk {
  readonly folder: string;
  /** Everything so far is on the disk when this returns. */
  sync(): Promise<void>;
  /** As after a power cut: what was only in memory is gone, and the journal is replayed. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function mountSmallDisk(arena: Arena): Promise<SmallDisk> {
  const folder = join(arena.folder, 'disk');
  let restarts = 0;
  const image = (): string => join(arena.folder, `disk-${restarts}.ext4`);
  const mount = () => arena.mount('ext4', image(), 'loop', folder);
  await run('truncate', ['--size', '64M', image()]);
  await run('mkfs.ext4', ['-q', '-F', image()]);
  await mount();
  return {
    folder,
    sync: async () => {
      await run('sync', ['--file-system', folder]);
    },
    restart: async () => {
      const old = image();
      await arena.unmount(folder);
      // A container that starts at this moment has a copy of all mounts for a while. As long as it
      // does, the kernel would mount the same image in the state in which it is in memory.
      restarts += 1;
      await run('cp', ['--sparse=always', old, image()]);
      await rm(old);
      await mount();
    },
    remove: async () => {
      await arena.unmount(folder);
      await rm(image());
    },
  };
}
