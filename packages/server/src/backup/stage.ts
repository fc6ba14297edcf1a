import { lstat, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disk, makeDurableFolder, tryLockFolder, unlessMissing } from '@berth/config';
import { Problem } from '@berth/contract';

/**
 * A folder in the configuration folder, into which a backup is unpacked: who may restore one may write
 * there. It is locked for as long as the process lives, so that what a killed one has left can be told.
 */
export interface Stage {
  readonly path: string;
  /** Where it is still there, the next command finds it. */
  leave(): Promise<void>;
}

const PREFIX = '.restore-';

export async function createStage(disk: Disk, directory: string): Promise<Stage> {
  await makeDurableFolder(disk, directory);
  for (;;) {
    const path = await mkdtemp(join(directory, PREFIX));
    const stage = await claimStage(path);
    // Otherwise somebody took it for one that was left.
    if (stage !== undefined) return stage;
  }
}

/** Where stages are, of processes that live and of others. */
export async function findStages(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(PREFIX));
  return names.map((name) => join(directory, name));
}

/**
 * Undefined where the process lives that made it. Who has one leaves it in the end. Throws `forbidden`
 * for one that another user made, unless that is root: what stands in a stage is carried out, so who
 * may only write to the folder must not get others to do it with rights that they do not have.
 */
export async function claimStage(path: string): Promise<Stage | undefined> {
  const made = await unlessMissing(lstat(path));
  if (made !== undefined && (!made.isDirectory() || ![0, process.geteuid?.()].includes(made.uid))) {
    throw new Problem(
      'forbidden',
      `${path} was not made by this user or by root, but by the user with the id ${made.uid}, who has to end it. Remove it if it is no restore of theirs.`,
    );
  }
  const lock = await tryLockFolder(path);
  return lock && { path, leave: lock.release };
}
