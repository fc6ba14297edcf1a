import { dirname } from 'node:path';
import type { Disk } from './disk.ts';

/** Makes a folder, and those above it, where there is none, so that it is still there after a power cut. */
export async function makeDurableFolder(
  disk: Pick<Disk, 'stat' | 'makeFolder' | 'syncFolder'>,
  path: string,
): Promise<void> {
  if ((await disk.stat(path)) !== undefined) return;
  await makeDurableFolder(disk, dirname(path));
  await disk.makeFolder(path);
  await disk.syncFolder(dirname(path));
}
