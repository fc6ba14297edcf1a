import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadConfig, openConfigStore, acquireLock } from '@berth/config';
import type { Arena } from '../arena.ts';
import { leftovers, walkBack } from '../history.ts';
import { countOf, SHARED, writePeople } from '../people.ts';

export interface Kills {
  readonly editors: number;
  /** Asked after each round, with the number of rounds so far. */
  readonly isEnough: (rounds: number) => boolean;
  /** How soon another must have the lock whose holder was killed. Absent: it only has to get it. */
  readonly lockWithinMs?: number;
}

/**
 * Processes that edit at the same time are killed one after another. Each time, every edit that was
 * acknowledged is there, and the next one gets the lock.
 */
export async function killEditors(arena: Arena, options: Kills): Promise<string> {
  const { editors, isEnough, lockWithinMs = Infinity } = options;
  const directory = join(arena.folder, 'config');
  await writePeople(directory, 1 + editors);
  const prepare = () =>
    Array.from({ length: editors }, (_, index) =>
      arena.start({ program: 'editor', directory, person: 1 + index }),
    );
  let next = prepare();
  let rounds = 0;
  let slowestMs = 0;
  let acknowledged = 0;
  do {
    arena.signal.throwIfAborted();
    const workers = next;
    next = prepare();
    for (const worker of workers) worker.go();
    await Promise.all(workers.map((worker) => worker.acknowledged(1)));
    for (const worker of workers.toSorted(() => Math.random() - 0.5)) {
      await setTimeout(Math.random() * 30);
      worker.kill();
    }
    slowestMs = Math.max(slowestMs, await untilLocked(directory));
    await Promise.all(workers.map(({ ended }) => ended));
    const config = await loadConfig(directory);
    for (const [index, { lines }] of workers.entries()) {
      const count = countOf(config, 1 + index);
      acknowledged += lines.length;
      if (count < Number(lines.at(-1))) {
        throw new Error(`Edit ${lines.at(-1)} was acknowledged; the file says ${count}`);
      }
    }
    rounds += 1;
  } while (!isEnough(rounds));
  for (const worker of next) worker.stop();
  await Promise.all(next.map((worker) => worker.succeeded()));

  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  const versions = await walkBack(directory, store);
  const counts = Array.from({ length: editors }, (_, index) => countOf(store.current(), 1 + index));
  const shared = countOf(store.current(), SHARED);
  store.close();
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all !== shared) throw new Error(`Together they counted ${all}, and shared ${shared}`);
  const left = await leftovers(directory);
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  if (slowestMs > lockWithinMs) throw new Error(`The lock took ${slowestMs.toFixed(1)} ms`);
  return `${rounds * editors} kills, ${acknowledged} acknowledged edits, none lost; the next lock after ${slowestMs.toFixed(1)} ms at most; ${versions.length} versions`;
}

/** Milliseconds until the lock was there. */
async function untilLocked(directory: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const lock = await acquireLock(directory, 0);
    const ms = performance.now() - started;
    if (lock === 'held') continue;
    await lock.release();
    return ms;
  }
}
