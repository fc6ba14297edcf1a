import { Problem } from '@berth/contract';
import { undefinedIfForbidden } from '../disk/forbidden.ts';
import type { HistoryRecord, RecordName } from '../history/record.ts';
import {
  keepAsCopy,
  recover,
  sweep,
  writeAsCopy,
  type RecoveryOptions,
} from '../history/recovery.ts';
import { installFiles, type Installed, type Outcome } from './install-files.ts';
import type { Installation } from './install-step.ts';
import { MAIN_FILES, type Seen } from './read-files.ts';
import { NO_CONTENTS, type Changes, type Contents } from './state.ts';

/** Files besides the main ones, or all there are. */
export type Files = ReadonlySet<string> | 'all';

/** The configuration's files on the disk, whether they are valid or not. */
export interface Folder {
  /** Ends what a killed process left half-done. Returns whether there was anything. Under the lock. */
  recover(): Promise<boolean>;
  /** Reads what has changed: of the main files and those that are named, or of all. */
  look(files: Files): Promise<Contents>;
  /**
   * The same without the lock. Returns undefined where somebody is just saving: what there is may be
   * half of a change.
   */
  lookAlone(files: Files): Promise<Contents | undefined>;
  /** Whether the main files and those that are named, or all, are as they were last looked at. */
  isStill(files: Files): Promise<boolean>;
  /**
   * Saves changes to what was last looked at, as one, with a record of who made them. Under the lock.
   * Nothing is changed where somebody without the lock has changed one of these files since, a main one,
   * or one of those that the changes rely on.
   */
  save(record: HistoryRecord, changes: Changes, relied: Files): Promise<Saved>;
}

export interface Saved {
  /** False where nothing was changed. */
  readonly isDone: boolean;
  /** See `Outcome` of install-files.ts. */
  readonly shown: readonly string[];
  /** What went wrong when the files stood already. `recover` does what is left to do. */
  readonly fault?: unknown;
}

/** More often than this somebody saves by hand only to keep everybody else out. */
export const MOST_TRIES = 50;

/** Every one of so many saves was disturbed. */
export function disturbedProblem(): Problem {
  return new Problem(
    'conflict',
    'Somebody saves the configuration by hand all the time. Try again later.',
  );
}

export function createFolder(options: RecoveryOptions): Folder {
  const { directory, disk, reader, history, now, onRejected } = options;
  const seen = new Map<string, Seen>();
  let contents = NO_CONTENTS;
  let isSwept = false;

  const named = async (files: Files): Promise<Set<string>> =>
    new Set([
      ...MAIN_FILES,
      ...(files === 'all' ? [...(await reader.list()), ...seen.keys()] : files),
    ]);

  const areStill = async (files: Iterable<string>): Promise<boolean> => {
    for (const file of files) {
      const known = seen.get(file);
      if ((await reader.read(file, known))?.content !== known?.content) return false;
    }
    return true;
  };

  const isStill: Folder['isStill'] = async (files) => areStill(await named(files));

  const newest = (): Promise<RecordName | undefined> =>
    history.newest().catch(undefinedIfForbidden);

  const note = (found: Iterable<readonly [file: string, seen: Seen | undefined]>): void => {
    const next = contents.change();
    for (const [file, one] of found) {
      if (one === undefined) {
        seen.delete(file);
        next.delete(file);
      } else {
        seen.set(file, one);
        next.set(file, one.content);
      }
    }
    contents = next.done();
  };

  const look: Folder['look'] = async (files) => {
    const found: [string, Seen | undefined][] = [];
    for (const file of await named(files)) {
      found.push([file, await reader.read(file, seen.get(file))]);
    }
    note(found);
    return contents;
  };

  /** Keeps what was replaced, and a copy of each file from which the records lead on. */
  const putAway = async (
    record: HistoryRecord,
    { file, seen: fresh, replaced }: Installed,
  ): Promise<void> => {
    const before = seen.get(file);
    const change = record.files.find((one) => one.file === file);
    if (replaced !== undefined && before !== undefined) {
      if (change?.before === before.content.digest) {
        await keepAsCopy(options, file, replaced, before);
        return;
      }
      // A text that was never recorded, because it is not valid, is nowhere else.
      onRejected(file, await history.reject(file, replaced, now()));
    }
    if (fresh !== undefined) await writeAsCopy(options, file, fresh.content);
  };

  const install = async (
    record: HistoryRecord,
    installations: readonly Installation[],
    areOthersStill: () => Promise<boolean>,
  ): Promise<Outcome> => {
    // What cannot be dropped now is forgotten by `recover`: none of its files stands.
    const drop = (): Promise<void> => history.drop(record).catch(() => undefined);
    try {
      await history.announce(record);
      const outcome = await installFiles(disk, directory, installations, areOthersStill);
      if (outcome.installed === undefined) await drop();
      return outcome;
    } catch (error) {
      // Some files may stand: then `recover` needs the record.
      if (!(error instanceof AggregateError)) await drop();
      throw error;
    }
  };

  return {
    recover: async () => {
      const isEnded = await recover(options, !isSwept);
      isSwept = true;
      return isEnded;
    },
    look,
    lookAlone: async (files) => {
      for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
        const found = await look(files);
        const record = await newest();
        if (record?.isPending === true) return undefined;
        // What began before is over, and shows; what begins from here on is announced.
        if ((await isStill(files)) && (await newest())?.name === record?.name) return found;
      }
      return undefined;
    },
    isStill,
    save: async (record, changes, relied) => {
      const installations: Installation[] = [...changes].map(([file, after]) => ({
        file,
        before: seen.get(file),
        after,
      }));
      await sweep(options, changes.keys(), undefined);
      const areOthersStill = async (): Promise<boolean> =>
        areStill([...(await named(relied))].filter((file) => !changes.has(file)));
      const { installed, shown } = await install(record, installations, areOthersStill);
      if (installed === undefined) return { isDone: false, shown };
      const saved: { isDone: boolean; shown: readonly string[]; fault?: unknown } = {
        isDone: true,
        shown,
      };
      try {
        for (const one of installed) await putAway(record, one);
        await history.settle(record);
      } catch (error) {
        saved.fault = error;
      }
      note(installed.map(({ file, seen: fresh }) => [file, fresh]));
      return saved;
    },
  };
}
