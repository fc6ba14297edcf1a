import { basename, dirname, join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { removeQuietly, writeNewFile } from '../disk/write-file.ts';

/**
 * Writes what is to stand at a path beside it, and then has it put there. Everything in the history is
 * written under the folder's lock, so the name is free but for what a killed process has left.
 */
export async function writeAside(
  disk: Disk,
  path: string,
  pieces: readonly Buffer[],
  place: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.new`);
  await disk.remove(temporary);
  await writeNewFile(disk, temporary, pieces, undefined);
  try {
    await place(temporary);
  } catch (error) {
    await removeQuietly(disk, temporary);
    throw error;
  }
}

/** Whether it is the name of such a file: without its own name it never came about. */
export const isWrittenAside = (name: string): boolean => /^\..+\.new$/.test(name);
