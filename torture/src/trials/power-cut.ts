import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loadConfig, openConfigStore } from '@berth/config';
import { Problem } from '@berth/contract';
import type { Arena } from '../arena.ts';
import type { Loss } from '../disks.ts';
import { leftovers, walkBack } from '../history.ts';
import { countOf, SHARED, writePeople } from '../people.ts';
import { cutPower } from '../power.ts';
import { mountSmallDisk } from '../small-disk.ts';

const PEOPLE = 200;
const LONGEST_MS = 20;
/** The disk is small. */
const CUTS_A_HISTORY = 20;

export interface PowerCuts {
  readonly cuts: number;
  readonly editors: number;
  /** Right after an edit was acknowledged, or that and any moment in turn. */
  readonly moment: 'acknowledged' | 'any';
  /** An fsync to take out. */
  readonly loss?: Loss;
}

/** What came of the cuts. */
export interface Damage {
  readonly acknowledged: number;
  /** Files that did not load any more, or held half an edit. */
  readonly torn: readonly string[];
  /** Acknowledged edits that were gone. */
  readonly lost: readonly string[];
  /** What else was not as it should be: the history, or something left behind. */
  readonly amiss: readonly string[];
}

/**
 * Cuts the power of a disk that is edited, right after an edit was acknowledged or at any moment, and
 * looks each time at what is there.
 */
export async function cutPowerAgain(arena: Arena, options: PowerCuts): Promise<Damage> {
  const { cuts, editors, moment, loss } = options;
  const disk = await mountSmallDisk(arena);
  const directory = join(disk.folder, 'config');
  let acknowledged = 0;
  const damage = { torn: [] as string[], lost: [] as string[], amiss: [] as string[] };
  const startAnew = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true });
    await writePeople(directory, PEOPLE);
    await disk.sync();
  };
  const isAtOnce = (cut: number): boolean => moment === 'acknowledged' || cut % 2 === 0;
  const prepare = (cut: number) =>
    Array.from({ length: editors }, (_, index) =>
      arena.start({
        program: 'editor',
        directory,
        person: 1 + index,
        ...(loss === undefined ? {} : { loss }),
        ...(isAtOnce(cut) && index === 0 ? { powerCutAfter: 1 + (cut % 7) } : {}),
      }),
    );
  await startAnew();
  let next = prepare(0);
  for (let cut = 0; cut < cuts; cut += 1) {
    arena.signal.throwIfAborted();
    const workers = next;
    next = prepare(cut + 1);
    for (const worker of workers) worker.go();
    if (!isAtOnce(cut)) {
      await Promise.all(workers.map((worker) => worker.acknowledged(1)));
      await setTimeout(Math.random() * LONGEST_MS);
      cutPower(directory);
    }
    // Without its disk an editor’s next edit fails.
    for (const { code, stderr } of await Promise.all(workers.map(({ ended }) => ended))) {
      if (code === 0 || !/EIO|EROFS/.test(stderr)) throw new Error(`An editor ended: ${stderr}`);
    }
    await disk.restart();
    acknowledged += workers.reduce((sum, { lines }) => sum + lines.length, 0);
    const counts = workers.map(({ lines }) => Number(lines.at(-1) ?? 0));
    const found = await damageTo(directory, counts);
    if (found !== undefined) damage[found.kind].push(`cut ${cut}: ${found.story}`);
    if (found !== undefined || cut % CUTS_A_HISTORY === 0) await startAnew();
  }
  for (const worker of next) worker.kill();
  await disk.remove();
  return { acknowledged, ...damage };
}

/** Throws where there is any damage. */
export async function expectNoDamage(arena: Arena, cuts: number): Promise<string> {
  const found = await cutPowerAgain(arena, { cuts, editors: 2, moment: 'any' });
  const stories = [...found.torn, ...found.lost, ...found.amiss];
  if (stories.length > 0) throw new Error(stories.join('\n'));
  return `${cuts} cuts, ${found.acknowledged} acknowledged edits: none torn, none lost`;
}

interface Found {
  readonly kind: 'torn' | 'lost' | 'amiss';
  readonly story: string;
}

/** @param acknowledged the counts that every editor has acknowledged */
async function damageTo(
  directory: string,
  acknowledged: readonly number[],
): Promise<Found | undefined> {
  const before = await damageToFiles(directory, acknowledged);
  if (before !== undefined) return before;
  try {
    const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
    await walkBack(directory, store);
    store.close();
  } catch (error) {
    return { kind: 'amiss', story: String(error) };
  }
  const left = await leftovers(directory);
  if (left.length > 0) return { kind: 'amiss', story: `left behind: ${left.join(', ')}` };
  return damageToFiles(directory, acknowledged);
}

/** As they stand on the disk: nothing is recovered. */
async function damageToFiles(
  directory: string,
  acknowledged: readonly number[],
): Promise<Found | undefined> {
  try {
    const config = await loadConfig(directory);
    const counts = acknowledged.map((_, index) => countOf(config, 1 + index));
    const all = counts.reduce((sum, count) => sum + count, 0);
    const shared = countOf(config, SHARED);
    if (shared !== all) return { kind: 'torn', story: `${all} edits, and shared says ${shared}` };
    const isLost = acknowledged.some((count, index) => (counts[index] ?? 0) < count);
    if (!isLost) return undefined;
    return {
      kind: 'lost',
      story: `acknowledged ${acknowledged.join(', ')}; now ${counts.join(', ')}`,
    };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'torn', story: error.message };
    throw error;
  }
}
