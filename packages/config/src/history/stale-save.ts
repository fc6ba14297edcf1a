import { contentOf, type Content } from '../store/content.ts';
import { bytesOf, changedEntries, textOf, type Cut, type Entry } from '../yaml/entries.ts';
import type { History } from './history.ts';

/** So far back is looked for the version that an editor had opened. */
const LOOK_BACK = 200;

export interface Merge {
  readonly content: Content;
  /** Entries that both have changed: what was saved by hand gave way. */
  readonly conflicts: readonly string[];
}

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: what it saves differs in fewer entries from an older version than from the
 * newest. Returns the newest with what the hand has changed; undefined where the save was made from the
 * newest version, or is an older one as a whole, which somebody has put back on purpose.
 *
 * @param newest the content that was recorded last, by the record `number`
 * @param saved what stands on the disk now
 */
export async function mergeStaleSave(
  history: History,
  number: number,
  file: string,
  newest: Content,
  saved: Content,
): Promise<Merge | undefined> {
  if (newest.cut === undefined || saved.cut === undefined) return undefined;
  const base = await nearestBase(history, number, file, newest.cut, saved.cut);
  if (base === undefined) return undefined;
  const ours = new Map(newest.cut.entries.map((entry) => [entry.key, entry]));
  const theirs = new Set(saved.cut.entries.map(({ key }) => key));
  const isOurs = (key: string): boolean => base.changedSince.has(key);
  const kept = saved.cut.entries.flatMap((entry) =>
    isOurs(entry.key) ? (ours.get(entry.key) ?? []) : [entry],
  );
  const added = newest.cut.entries.filter(({ key }) => isOurs(key) && !theirs.has(key));
  return {
    content: contentOf(file, joined(saved.cut, [...kept, ...added]), saved),
    conflicts: [...base.changedByHand].filter(isOurs),
  };
}

const joined = ({ head, tail }: Cut, entries: readonly Entry[]): Buffer =>
  Buffer.concat([head, ...entries.map(bytesOf), tail]);

interface Base {
  /** Entries that are not in the newest version as they were in this one. */
  readonly changedSince: ReadonlySet<string>;
  readonly changedByHand: ReadonlySet<string>;
}

/** Goes back through the records, to the version that what was saved differs least from. */
async function nearestBase(
  history: History,
  number: number,
  file: string,
  newest: Cut,
  saved: Cut,
): Promise<Base | undefined> {
  const texts = new Map<string, Entry>(saved.entries.map((entry) => [entry.key, entry]));
  const different = new Set(changedEntries(saved, newest).keys());
  const since = new Set<string>();
  let least = different.size;
  let nearest: Base | undefined;
  const oldest = (await history.numbers())[0] ?? number;
  for (let at = number; at >= Math.max(oldest, number - LOOK_BACK) && least > 0; at -= 1) {
    const change = (await history.read(at)).files.find((one) => one.file === file);
    if (change === undefined) continue;
    const keys = change.splices?.map(({ entry }) => entry) ?? [undefined];
    if (keys.includes(undefined) || new Set(keys).size < keys.length) break;
    for (const { entry = '', removed } of change.splices ?? []) {
      since.add(entry);
      const saidNow = texts.get(entry);
      if ((saidNow === undefined ? '' : textOf(saidNow)) === removed) different.delete(entry);
      else different.add(entry);
    }
    if (different.size >= least) continue;
    least = different.size;
    nearest = { changedSince: new Set(since), changedByHand: new Set(different) };
  }
  return least === 0 ? undefined : nearest;
}
