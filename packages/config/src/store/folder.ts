import { Problem } from '@berth/contract';
import type { HistoryRecord } from '../history/record.ts';
import { recover, sweep, type RecoveryOptions } from '../history/recovery.ts';
import { installFiles, type Installation } from './install-files.ts';
import { MAIN_FILES, type Seen } from './read-files.ts';
import { NO_CONTENTS, type Changes, type Contents } from './state.ts';

/** The configuration's files on the disk, whether they are valid or not. */
export interface Folder {
  /** Ends what a killed process left half-done. Returns whether there was anything. Under the lock. */
  recover(): Promise<boolean>;
  /** Reads what has changed: of the main files and those that are named, or of all. */
  look(files: Iterable<string> | 'all'): Promise<Contents>;
  /**
   * Saves changes to what was last looked at, as one, with a record of who made them. Under the lock.
   * Returns false, with nothing changed, where somebody without the lock has changed a file since.
   */
  save(record: HistoryRecord, changes: Changes): Promise<boolean>;
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

  /** Returns whether it is the copy now. A text that was never recorded, because it is not valid, is nowhere else. */
  const putAway = async (record: HistoryRecord, file: string, path: string): Promise<boolean> => {
    const change = record.files.find((one) => one.file === file);
    if (change?.before === seen.get(file)?.content.digest) {
      await history.keepCopy(file, path);
      return true;
    }
    onRejected(file, await history.reject(file, path, now()));
    return false;
  };

  return {
    recover: async () => {
      const isFirst = !isSwept;
      isSwept = true;
      return recover(options, isFirst);
    },
    look: async (files) => {
      const asked = files === 'all' ? [...(await reader.list()), ...seen.keys()] : files;
      const found: [string, Seen | undefined][] = [];
      for (const file of new Set([...MAIN_FILES, ...asked])) {
        found.push([file, await reader.read(file, seen.get(file))]);
      }
      note(found);
      return contents;
    },
    save: async (record, changes) => {
      const installations: Installation[] = [...changes].map(([file, after]) => ({
        file,
        before: seen.get(file),
        after,
      }));
      await sweep(options, [...changes.keys()], undefined);
      await history.announce(record);
      const installed = await installFiles(disk, directory, installations).catch(
        async (error: unknown) => {
          await history.drop(record);
          throw error;
        },
      );
      if (installed === undefined) {
        await history.drop(record);
        return false;
      }
      for (const { file, seen: fresh, replaced } of installed) {
        const isCopied = replaced !== undefined && (await putAway(record, file, replaced));
        if (!isCopied && fresh !== undefined) await history.writeCopy(file, fresh.content);
      }
      await history.settle(record);
      note(installed.map(({ file, seen: fresh }) => [file, fresh]));
      return true;
    },
  };
}
