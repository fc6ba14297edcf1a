import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@berth/contract';
import { hasCode, type Disk } from '../disk/disk.ts';
import { createDisk } from '../disk/exchange.ts';
import { acquireLock, withLock } from '../disk/lock.ts';
import type { History } from '../history/history.ts';
import type { Author } from '../history/record.ts';
import { withWayBack } from '../history/way-back.ts';
import { recordByHand, type Merges } from './by-hand.ts';
import { createValidators } from '../validate.ts';
import type { Config } from './config.ts';
import { gatherEdit, type Edit } from './edit.ts';
import { disturbedProblem, MOST_TRIES } from './folder.ts';
import { openFolder } from './open-folder.ts';
import { createNextState, differences, NO_CONTENTS, type Changes, type State } from './state.ts';
import { watchFolder } from './watch.ts';

/** The configuration, for as long as a program runs: always the last one that was valid. */
export interface ConfigStore {
  current(): Config;
  /** What is wrong with the files on the disk, while the program goes on with an older configuration. */
  rejection(): Problem | undefined;
  /**
   * Changes files under the lock, as one, and records who did it. What others have changed is taken up
   * first; `change` sees it, and runs again where somebody saves by hand at the same moment, so it must
   * not do what may not be done twice. Throws, with nothing written, `config_invalid` where the files
   * are not valid even now, and `bad_request` where the result would not be. Once this returns, what
   * `change` did is on the disk and current.
   */
  readonly edit: EditConfig;
  /** Reads all files again. Never throws for what stands in them: see `rejection`. */
  reload(): Promise<void>;
  readonly history: History;
  close(): void;
}

export type EditConfig = <T>(author: Author, change: (edit: Edit) => T | Promise<T>) => Promise<T>;

/** What a store has to tell without being asked. */
export type Notice =
  /** Another configuration is current. */
  | { readonly kind: 'loaded'; readonly config: Config }
  /** The files have become invalid; the last valid configuration stays. */
  | { readonly kind: 'invalid'; readonly problem: Problem }
  /** The disk failed: what the files say is not known. */
  | { readonly kind: 'unreadable'; readonly error: unknown }
  /** What somebody changed by hand is current, but the history could not be written. */
  | { readonly kind: 'unrecorded'; readonly error: unknown }
  /** Somebody saved a file that was opened before others changed it; what was newer was kept. */
  | { readonly kind: 'merged'; readonly file: string; readonly conflicts: readonly string[] }
  /** A text that could not be taken up was put aside. */
  | { readonly kind: 'rejected'; readonly file: string; readonly path: string };

export interface StoreOptions {
  readonly directory: string;
  readonly onNotice: (notice: Notice) => void;
  /** Whether to take up what others change, as they change it. */
  readonly isWatching: boolean;
  readonly disk?: Disk;
  readonly now?: () => Date;
}

/** Who writes a file where it stands is done with it after so long. */
const HALF_WRITTEN_MS = 20;
const MOST_LOOKS = 10;

/** A reload waits so long for the lock and goes on without: an admin may hold it while they edit. */
const RELOAD_LOCK_MS = 500;

/** When to try again to record what could not be recorded without the lock. */
const RECORD_AGAIN_MS = 2000;

/** Loads the configuration. Throws `config_invalid` where that fails: there is none to go on with. */
export async function openConfigStore(options: StoreOptions): Promise<ConfigStore> {
  const { directory, onNotice, isWatching, disk = createDisk(), now = () => new Date() } = options;
  const onRejected = (file: string, path: string): void => {
    onNotice({ kind: 'rejected', file, path });
  };
  const { history, recorder, folder } = openFolder({ directory, disk, now, onRejected });
  const validators = createValidators();
  const nextState = createNextState(directory, validators);
  const inTurn = createQueue();
  /** Files that may have changed and were not looked at since, besides the main ones. */
  let unseen: Set<string> | 'all' = new Set();
  let rejected: Problem | undefined;
  let again: NodeJS.Timeout | undefined;
  const first = await folder.look('all');
  let state = await withWayBack(() => nextState(undefined, differences(NO_CONTENTS, first)), {
    directory,
    history,
    live: first,
  });

  const lookLater = (files: ReadonlySet<string> | 'all'): void => {
    if (unseen !== 'all') unseen = files === 'all' ? files : new Set([...unseen, ...files]);
  };

  const unreadable = (error: unknown): void => {
    rejected = new Problem(
      'config_invalid',
      'The configuration cannot be read now; the log says why.',
      {
        cause: error,
      },
    );
    onNotice({ kind: 'unreadable', error });
  };

  const tell = (next: State): void => {
    const isNews = next !== state || rejected !== undefined;
    state = next;
    rejected = undefined;
    if (isNews) onNotice({ kind: 'loaded', config: next.config });
  };

  /** What the files say now; undefined, with `rejected` telling why, where that is not valid. */
  const read = async (): Promise<State | undefined> => {
    const live = await folder.look(unseen);
    const changes = differences(state.contents, live);
    if (changes.size === 0) return state;
    try {
      return await withWayBack(() => nextState(state, changes), { directory, history, live });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const isNews = rejected?.message !== error.message;
      rejected = error;
      if (isNews) onNotice({ kind: 'invalid', problem: error });
      return undefined;
    }
  };

  const save = async (author: Author, next: State, changes: Changes): Promise<boolean> => {
    const record = recorder.next(author, changes, next.config.revision);
    if (!(await folder.save(record, changes))) return false;
    recorder.note(record, changes);
    await history.prune(next.config.settings.history);
    return true;
  };

  /** Returns what stands on the disk in the end. */
  const putRight = async (saved: State, merges: Merges): Promise<State> => {
    const changes = new Map([...merges].map(([file, { content }]) => [file, content]));
    const merged = validOrUndefined(() => nextState(saved, changes));
    const what = `keep what was newer in ${[...merges.keys()].join(', ')}`;
    // What was saved is valid by itself, and what it replaced is in the history.
    if (merged === undefined || !(await save({ by: 'berthd', what }, merged, changes)))
      return saved;
    for (const [file, { conflicts }] of merges) {
      const content = saved.contents.get(file);
      if (conflicts.length > 0 && content !== undefined) {
        onRejected(file, await history.keepRejected(file, content, now()));
      }
      onNotice({ kind: 'merged', file, conflicts });
    }
    return merged;
  };

  /** Takes up and records what stands on the disk, under the lock. Returns false where it is not valid. */
  const takeUp = async (): Promise<boolean> => {
    const next = await read();
    if (next === undefined) return false;
    unseen = new Set();
    try {
      const merges = await recordByHand(history, recorder, next);
      tell(merges.size === 0 ? next : await putRight(next, merges));
    } catch (error) {
      // A full disk is no reason to go on with what the admin has changed.
      tell(next);
      onNotice({ kind: 'unrecorded', error });
    }
    return true;
  };

  /** Waits a moment for who is writing a file where it stands. */
  const takeUpWhole = async (): Promise<void> => {
    for (let looks = 1; !(await takeUp()); looks += 1) {
      if (looks === MOST_LOOKS) throw rejected ?? new Error('Rejected without a reason');
      await delay(HALF_WRITTEN_MS);
    }
  };

  const recoverFirst = async (): Promise<void> => {
    if (await folder.recover()) lookLater('all');
  };

  const edit: EditConfig = async (author, change) => {
    await recoverFirst();
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      await takeUpWhole();
      const gathered = gatherEdit(state, validators);
      const result = await change(gathered.edit);
      const changes = gathered.changes();
      if (changes.size === 0) return result;
      const next = afterEdit(() => nextState(state, changes));
      lookLater(new Set(changes.keys()));
      if (await save(author, next, changes)) {
        tell(next);
        return result;
      }
    }
    throw disturbedProblem();
  };

  /** Takes the files up as they are, and leaves it to a later time to record them. */
  const readOnly = async (isLater: boolean): Promise<void> => {
    const next = await read();
    if (next !== undefined) tell(next);
    if (!isLater) return;
    again ??= setTimeout(() => {
      again = undefined;
      void inTurn(reload);
    }, RECORD_AGAIN_MS).unref();
  };

  const reload = async (): Promise<void> => {
    try {
      const lock = await acquireLock(directory, RELOAD_LOCK_MS).catch(undefinedIfForbidden);
      if (lock === undefined || lock === 'held') {
        await readOnly(lock === 'held');
        return;
      }
      try {
        await recoverFirst();
        await takeUp();
      } finally {
        await lock.release();
      }
    } catch (error) {
      unreadable(error);
    }
  };

  const watch = isWatching
    ? await watchFolder({
        directory,
        disk,
        onChange: (files) => {
          lookLater(files);
          void inTurn(reload);
        },
        onError: unreadable,
      })
    : undefined;
  await inTurn(reload);
  return {
    current: () => state.config,
    rejection: () => rejected,
    edit: (author, change) => inTurn(() => withLock(directory, () => edit(author, change))),
    reload: () => {
      lookLater('all');
      return inTurn(reload);
    },
    history,
    close: () => {
      clearTimeout(again);
      watch?.close();
    },
  };
}

/** Runs work one after another. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = tail.then(work);
    tail = run.then(
      () => undefined,
      () => undefined,
    );
    return run;
  };
}

function validOrUndefined(next: () => State): State | undefined {
  try {
    return next();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** What an edit would make invalid is the fault of who asked for it, not of the files. */
function afterEdit(next: () => State): State {
  try {
    return next();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      'bad_request',
      `Nothing was changed, because the configuration would not be valid:\n${error.message}`,
      { details: error.details, cause: error },
    );
  }
}

/** A folder that this user may only read has nothing that could be recorded. */
function undefinedIfForbidden(error: unknown): undefined {
  if (['EACCES', 'EPERM', 'EROFS'].some((code) => hasCode(error, code))) return undefined;
  throw error;
}
