import type { Disk, Stamp } from './disk.ts';
import { diskProblem } from './problems.ts';

/** What a new file takes over from the one it is going to replace. */
export type Attributes = Pick<Stamp, 'mode' | 'uid' | 'gid'>;

/**
 * Writes a file that is not there yet, with the mode and owner of the one it is to replace. When this
 * returns its bytes are on the disk; its name is not, before its folder is synced. On failure it is
 * gone again, unless the disk refuses that as well.
 *
 * @param mode where there is nothing to replace
 */
export async function writeNewFile(
  disk: Pick<Disk, 'create' | 'remove'>,
  path: string,
  pieces: readonly Buffer[],
  attributes: Attributes | undefined,
  mode = 0o600,
): Promise<void> {
  const file = await disk.create(path);
  try {
    try {
      await file.write(pieces);
      const expected = pieces.reduce((sum, { length }) => sum + length, 0);
      const size = await file.size();
      // A full disk has been seen to shorten a write without an error.
      if (size !== expected) throw new Error(`${path}: ${size} of ${expected} bytes were kept`);
      await file.setMode(attributes?.mode ?? mode);
      if (attributes !== undefined) await file.setOwner(attributes.uid, attributes.gid);
      // The kernel's clock ticks every few milliseconds: two writes in a tick would bear one time.
      await file.setModified((performance.timeOrigin + performance.now()) / 1000);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(disk, path);
    throw diskProblem(error, path);
  }
}

/** On the way out of a failure, which is what has to be told. */
export async function removeQuietly(disk: Pick<Disk, 'remove'>, path: string): Promise<void> {
  await disk.remove(path).catch(() => undefined);
}
