import { Problem } from '@berth/contract';
import { expectLock } from '../disk/lock.ts';
import type { Author } from '../history/record.ts';
import type { Validators } from '../validate.ts';
import type { Edit } from './edit.ts';
import { disturbedProblem, MOST_TRIES } from './folder.ts';
import { untilWhole } from './half-written.ts';
import type { Live } from './live.ts';
import { createQueue, type Queue } from './queue.ts';
import type { NextState } from './state.ts';
import { tryEdit } from './try-edit.ts';
import { unchanged } from './unchanged.ts';

/**
 * Changes files under the lock, as one, and records who did it. What others have changed is taken up
 * first; `change` sees it, and runs again where somebody saves by hand at the same moment, so it must
 * not do what may not be done twice. Throws, with nothing written, `config_invalid` where the files are
 * not valid even now, and `bad_request` where the result would not be. Once this returns, what `change`
 * did is on the disk and current.
 */
export type EditConfig = <T>(author: Author, change: (edit: Edit) => T | Promise<T>) => Promise<T>;

export interface EditingOptions {
  readonly directory: string;
  readonly live: Live;
  readonly nextState: NextState;
  readonly validators: Validators;
  /** Of all that looks at the files or changes them. */
  readonly inTurn: Queue;
}

export function createEditing(options: EditingOptions): EditConfig {
  const { directory, live, nextState, validators, inTurn } = options;
  // Who waits for the lock keeps nobody from reading.
  const editInTurn = createQueue();

  const takeUpValid = async (): Promise<void> => {
    const { isValid, fault } = await live.takeUp();
    if (fault !== undefined) throw fault;
    if (!isValid) throw live.rejection() ?? new Error('Rejected without a reason');
  };

  const takeUpWhole = async (): Promise<void> => {
    try {
      await untilWhole(takeUpValid);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // It may be put right already, in a file that nothing has told of.
      live.lookLater('all');
      await takeUpValid();
    }
  };

  const edit: EditConfig = async (author, change) => {
    await unchanged(live.recover);
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      await unchanged(takeUpWhole);
      const tried = await tryEdit(live.state(), { nextState, validators, change });
      const { relied } = tried;
      // What it was told may not be so any more.
      if (!(await unchanged(() => live.isStill(relied)))) continue;
      if (tried.kind === 'refused') throw tried.problem;
      const { result, next, changes } = tried;
      if (changes.size === 0) return result;
      if (await unchanged(() => live.save(author, next, changes, relied))) return result;
    }
    throw disturbedProblem();
  };

  const lockedEdit: EditConfig = async (author, change) => {
    const lock = await unchanged(() => expectLock(directory));
    try {
      return await inTurn(() => edit(author, change));
    } finally {
      await lock.release();
    }
  };

  return (author, change) => editInTurn(() => lockedEdit(author, change));
}
