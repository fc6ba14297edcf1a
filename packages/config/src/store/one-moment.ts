import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '@berth/contract';
import { unlessMissing } from '../disk/code.ts';
import type { History } from '../history/history.ts';
import { disturbedProblem } from './folder.ts';
import { revisionOf, type Contents } from './state.ts';

export interface Lookout {
  readonly history: Pick<History, 'numbers' | 'pending'>;
  /** All files as they are now. */
  look(): Promise<Contents>;
  /** What to throw where a save is not brought to its end. Undefined where its half does no harm. */
  readonly halfDone: Problem | undefined;
}

/** A save that takes longer is one whose process was killed: the next who saves ends it. */
const LONGEST_SAVE_MS = 1000;
const MOST_WAIT_MS = 10_000;
const PAUSE_MS = 5;

/**
 * Does work on the folder as it is at one moment. It takes no lock, so that whoever may read the folder
 * can look, also while somebody holds the lock to edit by hand. Where something has changed meanwhile
 * the work is done again; throws `conflict` where that never ends.
 */
export async function atOneMoment<T>(
  { history, look, halfDone }: Lookout,
  work: (live: Contents) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + MOST_WAIT_MS;
  let live = await look();
  let stand = await standOf(history, live);
  let since = performance.now();
  while (performance.now() < deadline) {
    const [outcome] = await Promise.allSettled([work(live)]);
    live = await look();
    const now = await standOf(history, live);
    if (now.text !== stand.text) {
      stand = now;
      since = performance.now();
    } else if (!now.isSaving || performance.now() - since > LONGEST_SAVE_MS) {
      if (now.isSaving && halfDone !== undefined) throw halfDone;
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    }
    await delay(PAUSE_MS);
  }
  throw disturbedProblem();
}

/** What a look depends on, as a text; and whether somebody is putting files in place. */
async function standOf(
  history: Lookout['history'],
  live: Contents,
): Promise<{ readonly text: string; readonly isSaving: boolean }> {
  // In this order: what is pending no more has got a number.
  const pending = await unlessMissing(history.pending());
  const numbers = await history.numbers();
  return {
    text: [pending?.number, ...numbers, revisionOf(live)].join(' '),
    isSaving: pending !== undefined,
  };
}
