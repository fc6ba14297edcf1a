import { Problem } from '@berth/contract';
import type { Author, HistoryRecord } from '../history/record.ts';
import type { StaleSave } from '../merge/stale-save.ts';
import { withWayBack } from '../history/way-back.ts';
import { recordByHand } from './by-hand.ts';
import type { Content } from './content.ts';
import type { Files } from './folder.ts';
import type { Notice } from './notice.ts';
import type { OpenFolder } from './open-folder.ts';
import { putRight, type PutRightOptions } from './put-right.ts';
import { savingProblem } from './saving.ts';
import {
  differences,
  NO_CONTENTS,
  type Changes,
  type Contents,
  type NextState,
  type State,
} from './state.ts';
import { forbiddenProblem } from './unreadable.ts';

/**
 * What is in force, and how it follows what stands on the disk. No two of these functions run at the
 * same time.
 */
export interface Live {
  state(): State;
  /** What is wrong with what stands on the disk. */
  rejection(): Problem | undefined;
  /** The files, besides the main ones, that may have changed. */
  lookLater(files: Files): void;
  /**
   * Takes up what stands on the disk, and records nothing. Without the lock. Returns false, with nothing
   * done, where somebody is just saving.
   */
  read(): Promise<boolean>;
  /** Takes up what stands on the disk, and records what somebody has changed by hand. Under the lock. */
  takeUp(): Promise<TakenUp>;
  /** Ends what a process has left half-done. Under the lock. */
  recover(): Promise<void>;
  /** Whether the main files and these are as they were last looked at. If not, they are looked at later. */
  isStill(files: Files): Promise<boolean>;
  /**
   * Saves changes to what is in force. Under the lock. Returns false, with nothing changed, where
   * somebody without the lock has saved meanwhile: a main file, or one that the changes rely on.
   */
  save(author: Author, next: State, changes: Changes, relied: Files): Promise<boolean>;
  /** Takes note that the disk fails. */
  fail(error: unknown): void;
}

export interface TakenUp {
  /** Whether what stands on the disk is valid, and so in force. */
  readonly isValid: boolean;
  /** Why it could not be recorded. */
  readonly fault?: Error;
}

export interface LiveOptions extends OpenFolder {
  readonly directory: string;
  /** Whether it opens under the lock. */
  readonly isLocked: boolean;
  readonly now: () => Date;
  readonly nextState: NextState;
  readonly onNotice: (notice: Notice) => void;
  readonly onRecorded: (record: HistoryRecord) => void;
}

/** So many texts that a full disk does not take are kept in memory. */
const MOST_OWED = 20;

/**
 * Loads what stands on the disk. Throws `config_invalid` where it is not valid, and what `isSaving` knows
 * where somebody is just saving.
 */
export async function openLive(options: LiveOptions): Promise<Live> {
  const { directory, isLocked, history, recorder, folder, now, nextState, onNotice, onRecorded } =
    options;
  const onRejected = (file: string, path: string): void => {
    onNotice({ kind: 'rejected', file, path });
  };
  let unseen: Files = new Set();
  let rejected: Problem | undefined;
  /** Stale saves that are recorded and not put right yet. */
  const stale = new Map<string, StaleSave>();
  /** Files in whose place another version stood for a moment when somebody had just saved them. */
  const shadowed = new Set<string>();
  /** What was in force and could not be recorded, oldest first. */
  const owed: State[] = [];
  /** The record that these are to follow. */
  let owedAfter = 0;
  let isFaultTold = false;

  const first = isLocked ? await folder.look('all') : await folder.lookAlone('all');
  if (first === undefined) throw savingProblem(directory);
  let state = await withWayBack(() => nextState(undefined, differences(NO_CONTENTS, first)), {
    directory,
    history,
    live: first,
  });

  const lookLater: Live['lookLater'] = (files) => {
    unseen = files === 'all' || unseen === 'all' ? 'all' : new Set([...unseen, ...files]);
  };

  const tell = (next: State): void => {
    const isNews = next !== state || rejected !== undefined;
    state = next;
    rejected = undefined;
    if (isNews) onNotice({ kind: 'loaded', config: next.config });
  };

  const reject = (problem: Problem, notice: Notice): void => {
    const isNews = rejected?.message !== problem.message;
    rejected = problem;
    if (isNews) onNotice(notice);
  };

  const nextOf = async (live: Contents): Promise<State> => {
    const changes = differences(state.contents, live);
    if (changes.size === 0) return state;
    return withWayBack(() => nextState(state, changes), { directory, history, live });
  };

  /** Looks at what may have changed. Undefined where that is not valid. */
  const looking = async <T>(work: (asked: Files) => Promise<T>): Promise<T | undefined> => {
    // What is told of from here on may be looked at already, and has to be looked at again.
    const asked = unseen;
    unseen = new Set();
    try {
      return await work(asked);
    } catch (error) {
      lookLater(asked);
      if (!(error instanceof Problem)) throw error;
      reject(error, { kind: 'invalid', problem: error });
      return undefined;
    }
  };

  /** What the files say now; undefined where that is not valid. */
  const look = (): Promise<State | undefined> =>
    looking(async (asked) => nextOf(await folder.look(asked)));

  /** What was saved is in force, so it is no reason to fail when the history cannot be written. */
  const unrecorded = (error: unknown): void => {
    onNotice({ kind: 'unrecorded', error });
  };

  /** Like the public one, but does not make it current: it may be a part of something larger. */
  const save = async (
    author: Author,
    next: State,
    changes: Changes,
    relied: Files,
  ): Promise<boolean> => {
    const record = recorder.next(author, changes, next.config.revision);
    lookLater(relied);
    lookLater(new Set(changes.keys()));
    const saved = await folder.save(record, changes, relied);
    for (const file of saved.shown) shadowed.add(file);
    if (!saved.isDone) return false;
    recorder.note(record, changes);
    onRecorded(record);
    if (saved.fault !== undefined) unrecorded(saved.fault);
    await history.prune(next.config.settings.history).catch(unrecorded);
    return true;
  };

  const keepAside = async (file: string, content: Content): Promise<void> => {
    try {
      onRejected(file, await history.keepRejected(file, content, now()));
    } catch (error) {
      unrecorded(error);
    }
  };

  const keepShadowed = async ({ contents }: State): Promise<void> => {
    for (const file of shadowed) {
      const saved = contents.get(file);
      if (saved !== undefined) await keepAside(file, saved);
    }
    shadowed.clear();
  };

  const recordOne = async (next: State): Promise<void> => {
    const byHand = await recordByHand({ history, now, onRejected }, recorder, next);
    for (const one of byHand.stale) if (!stale.has(one.file)) stale.set(one.file, one);
    if (byHand.record !== undefined) onRecorded(byHand.record);
    if (byHand.fault !== undefined) unrecorded(byHand.fault);
  };

  /** Who has recorded something since has seen what stood on the disk then. */
  const recordOwed = async (): Promise<void> => {
    if (owed.length === 0) return;
    if (owedAfter !== ((await history.numbers()).at(-1) ?? 0)) owed.length = 0;
    for (let one = owed[0]; one !== undefined; one = owed[0]) {
      await recordOne(one);
      owed.shift();
    }
  };

  const owe = (found: State): void => {
    if (owed.at(-1) !== found) owed.push(found);
    if (owed.length > MOST_OWED) owed.shift();
    owedAfter = recorder.number();
  };

  /** Returns what stands in the end; undefined where somebody has made it invalid meanwhile. */
  const record = async (found: State): Promise<State | undefined> => {
    for (let next: State | undefined = found; next !== undefined; next = await look()) {
      await recordOne(next);
      if (stale.size === 0) return next;
      const saveMerged: PutRightOptions['save'] = (author, merged, changes) =>
        save(author, merged, changes, new Set());
      const means = { nextState, save: saveMerged, keepAside, onNotice };
      const right = await putRight(means, next, [...stale.values()]);
      if (right === undefined) continue;
      stale.clear();
      return right;
    }
    return undefined;
  };

  return {
    state: () => state,
    rejection: () => rejected,
    lookLater,
    read: async () => {
      const found = await looking(async (asked) => {
        const live = await folder.lookAlone(asked);
        if (live === undefined) {
          lookLater(asked);
          return 'saving';
        }
        tell(await nextOf(live));
        return 'read';
      });
      return found !== 'saving';
    },
    takeUp: async () => {
      lookLater(await recorder.news());
      const found = await look();
      if (found === undefined) return { isValid: false };
      try {
        await keepShadowed(found);
        await recordOwed();
        const next = await record(found);
        isFaultTold = false;
        if (next !== undefined) tell(next);
        return { isValid: next !== undefined };
      } catch (error) {
        // A full disk is no reason to go on without what the admin has changed.
        tell(found);
        owe(found);
        if (!isFaultTold) unrecorded(error);
        isFaultTold = true;
        const fault = error instanceof Error ? error : new Error('Not recorded', { cause: error });
        return { isValid: true, fault };
      }
    },
    recover: async () => {
      if (await folder.recover()) lookLater('all');
    },
    isStill: async (files) => {
      if (await folder.isStill(files)) return true;
      lookLater(files);
      return false;
    },
    save: async (author, next, changes, relied) => {
      if (!(await save(author, next, changes, relied))) return false;
      for (const file of changes.keys()) stale.delete(file);
      tell(next);
      return true;
    },
    fail: (error) => {
      if (error instanceof Problem) {
        reject(error, { kind: 'invalid', problem: error });
        return;
      }
      const forbidden = forbiddenProblem(error);
      const message = 'The configuration cannot be read now; the log says why.';
      const problem = forbidden ?? new Problem('config_invalid', message, { cause: error });
      reject(problem, { kind: 'unreadable', error: forbidden ?? error });
    },
  };
}
