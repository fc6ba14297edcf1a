import { acquireLock, makeDurableFolder, refuseWithoutLocks, type Disk } from '@berth/config';
import { Problem } from '@berth/contract';
import { readServing } from '../serving.ts';

/** State folders on which no server can start, for as long as they are held. */
export interface Holds {
  /** Throws `conflict` where a server runs on it. */
  take(stateDirectory: string): Promise<void>;
  release(): Promise<void>;
}

/** Commands hold the lock for a moment to see whether a server does. */
const WAIT_MS = 500;

export function createHolds(disk: Disk): Holds {
  const locks = new Map<string, { release(): Promise<void> }>();
  return {
    take: async (stateDirectory) => {
      if (locks.has(stateDirectory)) return;
      await makeDurableFolder(disk, stateDirectory);
      const lock = await acquireLock(stateDirectory, WAIT_MS);
      if (lock === 'held') {
        await refuseWithoutLocks(stateDirectory);
        throw await servedProblem(stateDirectory);
      }
      locks.set(stateDirectory, lock);
    },
    release: async () => {
      for (const lock of locks.values()) await lock.release();
      locks.clear();
    },
  };
}

async function servedProblem(stateDirectory: string): Promise<Problem> {
  const serving = await readServing(stateDirectory);
  const which = serving === undefined ? '' : ` at ${serving.url}`;
  const kill = serving === undefined ? '' : `, or: kill ${serving.pid}`;
  return new Problem(
    'conflict',
    `A server${which} runs on this configuration. Stop it first: systemctl stop berthd${kill}`,
  );
}
