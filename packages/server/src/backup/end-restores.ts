import { commandLine } from '@berth/config';
import { Problem } from '@berth/contract';
import { createDisk } from '@berth/config/disk';
import { createHolds } from './holds.ts';
import { readJournal, settle } from './journal.ts';
import { claimStage, findStages } from './stage.ts';

/**
 * Ends what a process has left half-done that was killed while it restored a backup: all of it is as in
 * the backup afterwards, or as it was before. Every command does this first, so that none ever sees the
 * one half of a backup beside the other.
 */
export async function endRestores(
  directory: string,
  onRejected: (file: string, path: string) => void,
): Promise<void> {
  // A folder that cannot be looked into is told by what the command does next.
  for (const path of await findStages(directory).catch(() => [])) {
    try {
      await end(path, onRejected);
    } catch (error) {
      throw unended(directory, error);
    }
  }
}

async function end(path: string, onRejected: (file: string, path: string) => void): Promise<void> {
  const stage = await claimStage(path);
  if (stage === undefined) return;
  const disk = createDisk();
  const holds = createHolds(disk);
  try {
    const found = await readJournal(disk, path);
    if (found !== undefined) await holds.take(found.journal.stateDirectory);
    await settle(disk, path, onRejected);
  } finally {
    await stage.leave();
    await holds.release();
  }
}

function unended(directory: string, error: unknown): Problem {
  const why = error instanceof Error ? error.message : String(error);
  return new Problem(
    error instanceof Problem ? error.code : 'disk_failed',
    `A restore of a backup was interrupted, and could not be brought to its end. Every berthd command tries that; run one with the server stopped, as the user who began it: ${commandLine(directory, 'check')}\n${why}`,
    { cause: error },
  );
}
