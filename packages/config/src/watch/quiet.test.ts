import { once } from 'node:events';
import { watch } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordsIn } from '../history/testing/walk.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import { handClock, type HandClock } from '../testing/hand-clock.ts';
import type { Notice } from '../store/notice.ts';
import { openConfigStore, type ConfigStore } from '../store/store.ts';

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

interface Watched {
  readonly directory: string;
  readonly store: ConfigStore;
  readonly clock: HandClock;
  readonly notices: readonly Notice[];
  /** Resolves with the first notice. */
  readonly noticed: Promise<void>;
  /** Lets all but a moment pass of the time that it has to be quiet, once all has been told. */
  almostQuiet(): Promise<void>;
}

async function watched(): Promise<Watched> {
  const directory = await configFolder();
  const clock = handClock();
  const notices: Notice[] = [];
  const noticed = Promise.withResolvers<void>();
  const store = await openConfigStore({
    directory,
    isWatching: true,
    later: clock.later,
    onNotice: (notice) => {
      notices.push(notice);
      noticed.resolve();
    },
  });
  onTestFinished(store.close);
  return {
    directory,
    store,
    clock,
    notices,
    noticed: noticed.promise,
    almostQuiet: async () => {
      await untilTold(directory);
      clock.pass(49);
    },
  };
}

test('a save in several steps is taken up once, when it has been quiet, and never half', async () => {
  const { directory, store, clock, notices, noticed, almostQuiet } = await watched();
  const file = await open(join(directory, 'users.yaml'), 'w');
  await almostQuiet();
  await file.write(RENAMED.slice(0, 20));
  await almostQuiet();
  await file.write(RENAMED.slice(20));
  await file.close();
  await almostQuiet();
  expect(notices).toEqual([]);
  expect(clock.waiting()).toBeGreaterThan(0);
  clock.pass(1);
  expect(clock.waiting()).toBe(0);
  await noticed;
  await store.reload();
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded']);
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand']);
});

test('a save is taken up also while others never leave the folder quiet', async () => {
  const { directory, store, clock, noticed, almostQuiet } = await watched();
  await writeFile(join(directory, 'users.yaml'), RENAMED);
  // 490 ms of the 500 that it waits at most.
  for (let times = 1; times <= 10; times += 1) {
    await almostQuiet();
    expect(clock.waiting()).toBeGreaterThan(0);
    await writeFile(join(directory, 'containers.yaml'), VALID['containers.yaml'] ?? '');
  }
  await almostQuiet();
  expect(clock.waiting()).toBe(0);
  await noticed;
  expect([...store.current().accounts.values()].map(({ username }) => username)).toEqual([
    'alicia',
  ]);
});
