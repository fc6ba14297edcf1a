import { watch, type FSWatcher } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { configFolder } from '../testing/folder.ts';
import { createFolderWatchers, type FolderWatchers, type OpenWatcher } from './folder-watchers.ts';

type Heard = readonly [folder: string, name: string | undefined];

function watchers(openWatcher: OpenWatcher): {
  readonly folders: FolderWatchers;
  next(): Promise<Heard>;
} {
  let heard = Promise.withResolvers<Heard>();
  const folders = createFolderWatchers((...event) => {
    heard.resolve(event);
  }, openWatcher);
  onTestFinished(folders.close);
  return {
    folders,
    next: () => {
      heard = Promise.withResolvers();
      return heard.promise;
    },
  };
}

test('a watch that fails later is told of, and opened again', async () => {
  const directory = await configFolder();
  const opened: FSWatcher[] = [];
  const { folders, next } = watchers((folder, listener) => {
    const watcher = watch(folder, listener);
    opened.push(watcher);
    return watcher;
  });
  expect((await folders.follow(new Set([directory]))).isAnew).toBe(true);
  expect((await folders.follow(new Set([directory]))).isAnew).toBe(false);
  const failed = next();
  opened[0]?.emit('error', new Error('EIO'));
  expect(await failed).toEqual([directory, undefined]);
  expect(await folders.follow(new Set([directory]))).toEqual({ isAnew: true, blind: new Map() });
  const saved = next();
  await writeFile(join(directory, 'main.yaml'), 'x');
  expect(await saved).toEqual([directory, 'main.yaml']);
});

test('a folder that cannot be watched is named with the reason, and watched once it can', async () => {
  const directory = await configFolder();
  const reason = Object.assign(new Error('no watch left'), { code: 'ENOSPC' });
  let isFull = true;
  const { folders } = watchers((folder, listener) => {
    if (isFull) throw reason;
    return watch(folder, listener);
  });
  const all = new Set([directory, join(directory, 'users')]);
  expect(await folders.follow(all)).toEqual({
    isAnew: false,
    blind: new Map([[directory, reason]]),
  });
  isFull = false;
  expect(await folders.follow(all)).toEqual({ isAnew: true, blind: new Map() });
});
