import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { MAIN_FILES } from './read-files.ts';

/** How long the folder must be quiet: editors write a file in several steps. */
const QUIET_MS = 50;

export interface Watch {
  close(): void;
}

/**
 * Tells which files have changed, once the folder has been quiet for a moment. Files that are links are
 * watched where they lead to.
 */
export async function watchFolder(options: {
  readonly directory: string;
  readonly disk: Pick<Disk, 'resolve'>;
  readonly onChange: (files: ReadonlySet<string> | 'all') => void;
  readonly onError: (error: unknown) => void;
}): Promise<Watch> {
  const { directory, disk, onChange, onError } = options;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (file: string): void => {
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = new Set(changed);
      changed.clear();
      onChange(files.has('users') ? 'all' : files);
    }, QUIET_MS);
  };
  const open = (path: string, onName: (name: string) => void): FSWatcher =>
    watch(path, (_event, name) => {
      if (name !== null) onName(name);
    }).on('error', onError);

  let perUser: FSWatcher | undefined;
  const watchPerUser = (): void => {
    perUser?.close();
    try {
      perUser = open(join(directory, 'users'), (name) => {
        if (!name.startsWith('.') && name.endsWith('.yaml')) tell(`users/${name}`);
      });
    } catch {
      // The folder is optional, and is seen when it appears.
      perUser = undefined;
    }
  };
  const isMain = new Set<string>(MAIN_FILES);
  const watchers = [
    open(directory, (name) => {
      if (isMain.has(name)) tell(name);
      if (name !== 'users') return;
      // A new folder: what stands in it already is not told one by one.
      watchPerUser();
      tell('users');
    }),
  ];
  for (const file of MAIN_FILES) {
    const target = await disk.resolve(join(directory, file));
    if (target === join(directory, file)) continue;
    watchers.push(
      open(dirname(target), (name) => {
        if (name === basename(target)) tell(file);
      }),
    );
  }
  watchPerUser();
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      perUser?.close();
    },
  };
}
