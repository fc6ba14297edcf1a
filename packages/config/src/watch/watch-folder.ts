import { hasCode } from '../disk/code.ts';
import type { Later } from '../later.ts';
import { createFolderWatchers, type Followed } from './folder-watchers.ts';
import { createQueue } from '../store/queue.ts';
import { createWays } from './ways.ts';

/** How long the folder must be quiet: editors write a file in several steps. */
const QUIET_MS = 50;

/** It is not waited longer for that: who locks somebody out must not wait for others who write. */
const LONGEST_MS = 500;

export interface Watch {
  /** Has changes told, those too that came before. */
  listen(onChange: OnChange): void;
  /** Looks again at what there is to watch, and tries what failed. */
  renew(): Promise<void>;
  close(): void;
}

export type OnChange = (files: ReadonlySet<string> | 'all') => void;

export interface WatchOptions {
  readonly directory: string;
  /** What changes in these folders goes unseen from now on. */
  readonly onBlind: (folders: readonly string[], error: unknown) => void;
  readonly later: Later;
}

/**
 * Tells which files have changed, once the folder has been quiet for a moment, or never is. A link that leads
 * elsewhere and another folder in the place of one are changes too. After each of them it watches what
 * is there then, whatever has happened before.
 */
export async function watchFolder({ directory, onBlind, later }: WatchOptions): Promise<Watch> {
  const ways = createWays(directory);
  const inTurn = createQueue();
  let changed = new Set<string>();
  let isAny = false;
  let told: ReadonlySet<string> = new Set();
  let onChange: OnChange | undefined;
  let stopQuiet: (() => void) | undefined;
  let stopLongest: (() => void) | undefined;

  const stopWaiting = (): void => {
    stopQuiet?.();
    stopLongest?.();
    stopLongest = undefined;
  };

  const tellNow = (): void => {
    stopWaiting();
    void inTurn(tell);
  };

  const tellLater = (): void => {
    if (onChange === undefined) return;
    stopQuiet?.();
    stopQuiet = later(tellNow, QUIET_MS);
    stopLongest ??= later(tellNow, LONGEST_MS);
  };

  const watchers = createFolderWatchers((folder, name) => {
    const files = name === undefined ? 'all' : ways.concerned(folder, name);
    if (files === 'all') isAny = true;
    else if (files.length === 0) return;
    else for (const file of files) changed.add(file);
    tellLater();
  });

  const watchWay = async (files: ReadonlySet<string> | 'all'): Promise<Followed['blind']> => {
    await ways.find(files);
    const { isAnew, blind } = await watchers.follow(ways.folders());
    // The way may have changed before it was watched.
    return isAnew ? watchWay(files) : blind;
  };

  const follow = async (files: ReadonlySet<string> | 'all'): Promise<void> => {
    const failed = await watchWay(files);
    const places = ways.places();
    // Whoever may only pass through a folder cannot watch it. That one is replaced is rare.
    const blind = [...failed].filter(
      ([folder, error]) => places.has(folder) || !hasCode(error, 'EACCES'),
    );
    const news = blind.find(([folder]) => !told.has(folder));
    told = new Set(blind.map(([folder]) => folder));
    if (news !== undefined) onBlind([...told], news[1]);
  };

  const tell = async (): Promise<void> => {
    const files = isAny ? 'all' : changed;
    changed = new Set();
    isAny = false;
    // First of all: what comes later than the look at the files has to be told.
    await follow(files);
    onChange?.(files);
  };

  await follow('all');
  return {
    listen: (listener) => {
      onChange = listener;
      if (isAny || changed.size > 0) tellLater();
    },
    renew: () => inTurn(() => follow('all')),
    close: () => {
      onChange = undefined;
      stopWaiting();
      watchers.close();
    },
  };
}
