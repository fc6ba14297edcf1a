import { hasCode } from '../disk/code.ts';
import type { Disk } from '../disk/disk.ts';

/** Moves a file into the history. Returns false, with nothing done, where its text has to be copied. */
export async function moved(
  disk: Pick<Disk, 'readLink'>,
  path: string,
  move: () => Promise<void>,
): Promise<boolean> {
  // What a link leads to stays its owner's.
  if ((await disk.readLink(path)) !== undefined) return false;
  try {
    await move();
    return true;
  } catch (error) {
    // The file was a link's, in another file system.
    if (hasCode(error, 'EXDEV')) return false;
    throw error;
  }
}
