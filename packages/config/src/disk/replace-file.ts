import { dirname } from 'node:path';
import { plainDisk, type Disk } from './disk.ts';
import { newTemporary, sweepTemporaries } from './temporary.ts';
import { writeNewFile } from './write-file.ts';

/**
 * Replaces a file as a whole: readers see the old bytes or the new ones, also after a power cut, and
 * once this returns the new ones are on the disk. Keeps the file's mode and owner and follows a
 * symbolic link; a new file gets `mode`. On failure the old file is untouched.
 */
export async function replaceFile(
  path: string,
  text: string,
  mode = 0o600,
  disk: Omit<Disk, 'exchange' | 'renameNew'> = plainDisk,
): Promise<void> {
  const target = await disk.resolve(path);
  const temporary = newTemporary(target);
  const stamp = await disk.stat(target);
  const replaced = stamp && { path: target, stamp };
  await writeNewFile(disk, temporary, [Buffer.from(text)], replaced, mode);
  try {
    await disk.rename(temporary, target);
  } catch (error) {
    await disk.remove(temporary);
    throw error;
  }
  await disk.syncFolder(dirname(target));
  // The file is replaced, whatever becomes of this.
  await sweepTemporaries(disk, dirname(target)).catch(() => undefined);
}
