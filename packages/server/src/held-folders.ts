import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  acquireLock,
  createQueue,
  makeFolder,
  refuseWithoutLocks,
  unlessMissing,
} from '@berth/config';
import { Problem } from '@berth/contract';
import { createServingFile, type Serving, type ServingFile } from './serving.ts';

/**
 * The state folders by which commands find a running server: the one that it started with, and each that
 * `state.directory` has named since. A command may have read the configuration a moment earlier, so all
 * are held until the server ends. Calls are carried out one after another.
 */
export interface HeldFolders {
  /** Makes the folder, and takes its lock. Throws `conflict` where another has it. */
  take(stateDirectory: string): Promise<void>;
  /** Tells it in every folder that is held. Never rejects. */
  tell(serving: Serving): Promise<void>;
  /** Lets go of all, and takes no more. */
  release(): Promise<void>;
}

/** Commands hold the lock for a moment to see whether a server does. */
const CLAIM_MS = 500;

/** @param onError is told what could not be told */
export function createHeldFolders(onError: (error: unknown) => void): HeldFolders {
  const files = new Map<string, ServingFile>();
  const locks = new Map<string, { release(): Promise<void> }>();
  const inTurn = createQueue();
  let isReleased = false;

  // By its lock: a folder may have been moved, or be named by way of a link.
  const isHeld = async (directory: string): Promise<boolean> => {
    const id = await unlessMissing(lockId(directory));
    return id !== undefined && locks.has(id);
  };

  return {
    take: (directory) =>
      inTurn(async () => {
        if (isReleased) return;
        await makeFolder(directory);
        const file = files.get(directory) ?? createServingFile(directory, onError);
        if (!(await isHeld(directory))) {
          const lock = await lockFolder(directory);
          locks.set(await lockId(directory), lock);
          // One that was killed has left its own.
          await file.remove();
        }
        files.set(directory, file);
      }),
    tell: (serving) =>
      inTurn(async () => {
        for (const [directory, file] of files) {
          try {
            if (await isHeld(directory)) await file.write(serving);
          } catch (error) {
            // The others are told all the same.
            onError(error);
          }
        }
      }),
    release: () =>
      inTurn(async () => {
        isReleased = true;
        for (const file of files.values()) await file.remove();
        for (const lock of locks.values()) await lock.release();
      }),
  };
}

/** Two on one state folder would undo each other's starts. */
async function lockFolder(directory: string): Promise<{ release(): Promise<void> }> {
  const lock = await acquireLock(directory, CLAIM_MS);
  if (lock !== 'held') return lock;
  await refuseWithoutLocks(directory);
  throw new Problem(
    'conflict',
    `Another berthd already serves this configuration (${directory} is locked).`,
  );
}

async function lockId(directory: string): Promise<string> {
  const { dev, ino } = await stat(join(directory, '.lock'), { bigint: true });
  return `${dev}:${ino}`;
}
