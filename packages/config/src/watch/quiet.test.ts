import { once } from 'node:events';
import { watch } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { recordsIn } from '../history/testing/walk.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import type { Notice } from '../store/notice.ts';
import { openConfigStore } from '../store/store.ts';

const RENAMED = VALID['users.yaml']?.replace('alice', 'alicia') ?? '';

/** Resolves when everybody in this process has been told what changed in the folder until now. */
async function untilTold(directory: string): Promise<void> {
  const watcher = watch(directory);
  const told = (async () => {
    for (;;) {
      const [, name] = (await once(watcher, 'change')) as [string, string];
      if (name === 'told') return;
    }
  })();
  await writeFile(join(directory, 'told'), '');
  await told;
  watcher.close();
  await rm(join(directory, 'told'));
}

test('a save in several steps is taken up once, when it has been quiet, and never half', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const directory = await configFolder();
  const notices: Notice[] = [];
  const loaded = Promise.withResolvers<void>();
  const store = await openConfigStore({
    directory,
    isWatching: true,
    onNotice: (notice) => {
      notices.push(notice);
      loaded.resolve();
    },
  });
  onTestFinished(store.close);
  const almostQuiet = async (): Promise<void> => {
    await untilTold(directory);
    // All that is to come of it is one look at the files, and that still waits.
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(49);
    expect(vi.getTimerCount()).toBe(1);
  };
  const file = await open(join(directory, 'users.yaml'), 'w');
  await almostQuiet();
  await file.write(RENAMED.slice(0, 20));
  await almostQuiet();
  await file.write(RENAMED.slice(20));
  await file.close();
  await almostQuiet();
  expect(notices).toEqual([]);
  vi.advanceTimersByTime(1);
  await loaded.promise;
  await store.reload();
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded']);
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand']);
});
