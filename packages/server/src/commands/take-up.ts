import { listHistory } from '@berth/config';
import { untilServed } from '../serving.ts';
import type { Output } from './options.ts';

/** A server takes up what changes in some 60 ms; one that has not after so long will not. */
const MOST_MS = 5000;

/** More changes than that are not made while one is taken up. */
const MOST_NEWER = 100;

export interface Saved {
  readonly revision: string;
  /** Of the change in the history, which may have it no more. */
  readonly number: number;
  /** Where a server tells what it goes by. One that follows to another folder tells it in both. */
  readonly stateDirectory: string;
}

/**
 * Waits until a server that runs on this configuration has taken up what a command has saved, so that
 * whoever was locked out is out when the command is done. It is a fault where that does not come.
 */
export async function untilTakenUp(
  directory: string,
  { revision, number, stateDirectory }: Saved,
  output: Output,
): Promise<void> {
  const isInForce = async (served: string): Promise<boolean> =>
    served === revision || (await newerThan(directory, number)).includes(served);
  try {
    const serving = await untilServed(stateDirectory, isInForce, MOST_MS);
    if (serving === undefined) return;
    const rejected = serving === 'silent' ? null : serving.rejected;
    const reason = rejected === null ? '. Its log says why.' : `:\n${rejected}`;
    const who = serving === 'silent' ? 'server' : `server (process ${serving.pid})`;
    output.fault(`The change is saved, but the running ${who} goes on without it${reason}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    output.fault(
      `The change is saved. Whether a running server has taken it up cannot be seen: ${why}`,
    );
  }
}

/** The revisions that came after this change; others may change the configuration at the same time. */
async function newerThan(directory: string, number: number): Promise<string[]> {
  const { records } = await listHistory(directory, MOST_NEWER);
  return records.filter((record) => record.number > number).map(({ revision }) => revision);
}
