import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import type { Config } from './config.ts';
import type { ConfigLoader } from './load.ts';

/** The configuration of a running server: always the last one that was valid. */
export interface ConfigStore {
  current(): Config;
  /** The files on disk are invalid and the server goes on with an older configuration. */
  isRejected(): boolean;
  /** Reads the files again. Never throws for what stands in them: see `onReject`. */
  reload(): Promise<void>;
  close(): void;
}

/** How long the folder must be quiet: editors write a file in several steps. */
const QUIET_MS = 50;

/**
 * Loads the configuration and watches its folder. Throws `config_invalid` when the first load fails;
 * later a bad file keeps the running configuration and is told to `onReject`.
 */
export async function openConfigStore(options: {
  readonly directory: string;
  readonly loader: ConfigLoader;
  readonly onReload: (config: Config) => void;
  readonly onReject: (problem: Problem) => void;
  /** Something that is not the files' fault, such as a disk error. */
  readonly onError: (error: unknown) => void;
}): Promise<ConfigStore> {
  const { directory, loader, onReload, onReject, onError } = options;
  let config = await loader.load(directory);
  let rejected = false;
  let pending = Promise.resolve();
  let next: Promise<void> | undefined;

  const readAgain = async (): Promise<void> => {
    try {
      const loaded = await loader.load(directory);
      const isOver = rejected;
      rejected = false;
      // Files that are back as they were before they were bad are news too.
      if (loaded.revision === config.revision && !isOver) return;
      config = loaded;
      onReload(loaded);
    } catch (error) {
      rejected = true;
      if (error instanceof Problem) onReject(error);
      else onError(error);
    }
  };
  // One after another: an older reading must never replace a newer one. Who asks before the next one
  // has begun is served by it.
  const reload = (): Promise<void> => {
    next ??= pending.then(() => {
      next = undefined;
      return readAgain();
    });
    pending = next;
    return next;
  };

  const watchers = watchFolder(directory, () => void reload(), onError);
  return {
    current: () => config,
    isRejected: () => rejected,
    reload,
    close: () => {
      watchers.close();
    },
  };
}

function watchFolder(
  directory: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  let perUser: FSWatcher | undefined;
  const changed = (_event: string, name: string | null): void => {
    if (name === 'users') watchPerUser();
    if (name !== 'users' && name?.endsWith('.yaml') !== true) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };
  const open = (path: string): FSWatcher => watch(path, changed).on('error', onError);
  const watchPerUser = (): void => {
    perUser?.close();
    try {
      perUser = open(join(directory, 'users'));
    } catch {
      // The folder is optional, and is seen when it appears.
      perUser = undefined;
    }
  };
  const files = open(directory);
  watchPerUser();
  return {
    close: () => {
      clearTimeout(timer);
      files.close();
      perUser?.close();
    },
  };
}
