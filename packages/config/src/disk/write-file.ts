import type { Disk, NewFile, Stamp } from './disk.ts';
import { diskProblem, ownerProblem } from './problems.ts';

/** The file that a new one is going to replace, and what it takes over from it. */
export interface Replaced {
  readonly path: string;
  readonly stamp: Pick<Stamp, 'mode' | 'uid' | 'gid'>;
}

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
  replaced: Replaced | undefined,
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
      await file.setMode(replaced?.stamp.mode ?? mode);
      if (replaced !== undefined) await keepOwner(file, replaced);
      await file.setModified(preciseTime());
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await removeQuietly(disk, path);
    throw diskProblem(error, path);
  }
}

async function keepOwner(file: NewFile, { path, stamp }: Replaced): Promise<void> {
  try {
    await file.setOwner(stamp.uid, stamp.gid);
  } catch (error) {
    throw ownerProblem(error, path, stamp);
  }
}

/**
 * Seconds since 1970. The kernel's own time ticks every few milliseconds, and two writes in a tick would
 * bear one time: the fraction of the millisecond is of another clock, which tells them apart. That clock
 * alone would go on from where the process started when the time is set or the machine was asleep.
 */
function preciseTime(): number {
  return (Date.now() + Number(process.hrtime.bigint() % 1_000_000n) / 1_000_000) / 1000;
}

/** On the way out of a failure, which is what has to be told. */
export async function removeQuietly(disk: Pick<Disk, 'remove'>, path: string): Promise<void> {
  await disk.remove(path).catch(() => undefined);
}
