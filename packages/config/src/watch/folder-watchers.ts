import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { hasCode } from '../disk/code.ts';

/** Folders that are watched. */
export interface FolderWatchers {
  /** Watches these folders and no others, each as it is there now. */
  follow(folders: ReadonlySet<string>): Promise<Followed>;
  close(): void;
}

export interface Followed {
  /** Whether some are watched only from now on. */
  readonly isAnew: boolean;
  /** Those that cannot be watched, and why; not those that there are not. */
  readonly blind: ReadonlyMap<string, unknown>;
}

interface Watched {
  /** Tells whether another folder has taken its place. */
  readonly identity: string;
  readonly watcher: FSWatcher;
}

/** Node's, for each folder; throws where the system has no watch left. */
export type OpenWatcher = (
  folder: string,
  listener: (event: string, name: string | null) => void,
) => FSWatcher;

/** @param onEvent is told the name that has changed in a folder; undefined where it may be any. */
export function createFolderWatchers(
  onEvent: (folder: string, name: string | undefined) => void,
  openWatcher: OpenWatcher = watch,
): FolderWatchers {
  const open = new Map<string, Watched>();
  let isClosed = false;

  const drop = (folder: string): void => {
    open.get(folder)?.watcher.close();
    open.delete(folder);
  };

  const watchOne = (folder: string): FSWatcher =>
    openWatcher(folder, (_event, name) => {
      // Its own name: it went or was moved. A new folder may get the number of one that went.
      const isSelf = name === null || name === basename(folder);
      if (isSelf) drop(folder);
      onEvent(folder, isSelf ? undefined : name);
    }).on('error', () => {
      // To watch it again tells what is wrong.
      drop(folder);
      onEvent(folder, undefined);
    });

  return {
    follow: async (folders) => {
      const blind = new Map<string, unknown>();
      let isAnew = false;
      for (const folder of open.keys()) if (!folders.has(folder)) drop(folder);
      for (const folder of folders) {
        try {
          const { dev, ino } = await stat(folder, { bigint: true });
          const identity = `${dev} ${ino}`;
          if (isClosed || open.get(folder)?.identity === identity) continue;
          drop(folder);
          open.set(folder, { identity, watcher: watchOne(folder) });
          isAnew = true;
        } catch (error) {
          drop(folder);
          if (!isAbsence(error)) blind.set(folder, error);
        }
      }
      return { isAnew, blind };
    },
    close: () => {
      isClosed = true;
      for (const folder of open.keys()) drop(folder);
    },
  };
}

const isAbsence = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => hasCode(error, code));
