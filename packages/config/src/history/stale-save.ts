import { contentOf, type Content } from '../store/content.ts';
import { bytesOf, changedEntries, textOf, type Cut } from '../yaml/entries.ts';
import type { History } from './history.ts';

/** So far back is looked for the version that an editor had opened. */
const LOOK_BACK = 200;

/** A save by hand that was made from an older version than the newest. */
export interface StaleSave {
  readonly file: string;
  /** What was recorded last before it. */
  readonly newest: Content;
  /**
   * The entries that are not in the newest version as they were in the one that the hand had opened,
   * with what they said there; empty for one that there was not.
   */
  readonly opened: ReadonlyMap<string, string>;
}

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: what it saves differs in fewer entries from an older version than from the
 * newest. Returns undefined where the save was made from the newest version, or is an older one as a
 * whole, which somebody has put back on purpose.
 *
 * @param newest the content that was recorded last, by the record `number`
 * @param saved what stands on the disk now
 */
export async function findStaleSave(
  history: History,
  number: number,
  file: string,
  newest: Content,
  saved: Content,
): Promise<StaleSave | undefined> {
  if (newest.cut === undefined || saved.cut === undefined) return undefined;
  const texts = textsOf(saved.cut);
  const different = new Set(changedEntries(saved.cut, newest.cut).keys());
  const opened = new Map<string, string>();
  let least = different.size;
  let nearest: StaleSave | undefined;
  const oldest = (await history.numbers())[0] ?? number;
  for (let at = number; at >= Math.max(oldest, number - LOOK_BACK) && least > 0; at -= 1) {
    const change = (await history.read(at)).files.find((one) => one.file === file);
    if (change === undefined) continue;
    const keys = change.splices?.map(({ entry }) => entry) ?? [undefined];
    if (keys.includes(undefined) || new Set(keys).size < keys.length) break;
    for (const { entry = '', removed } of change.splices ?? []) {
      opened.set(entry, removed);
      if ((texts.get(entry) ?? '') === removed) different.delete(entry);
      else different.add(entry);
    }
    if (different.size >= least) continue;
    least = different.size;
    nearest = { file, newest, opened: new Map(opened) };
  }
  // From there to the newest only entries changed: with that frame it is the older version itself.
  return least === 0 && isSameFrame(newest.cut, saved.cut) ? undefined : nearest;
}

export interface Merge {
  readonly content: Content;
  /** Entries that both have changed: what was saved by hand gave way. */
  readonly conflicts: readonly string[];
}

/** What a hand has saved, with what was newer. Undefined where its layout cannot be told by lines. */
export function merge({ file, newest, opened }: StaleSave, saved: Content): Merge | undefined {
  if (newest.cut === undefined || saved.cut === undefined) return undefined;
  const theirs = textsOf(saved.cut);
  const newer = new Map(newest.cut.entries.map((entry) => [entry.key, entry]));
  const kept = saved.cut.entries.flatMap((entry) =>
    opened.has(entry.key) ? (newer.get(entry.key) ?? []) : [entry],
  );
  const added = newest.cut.entries.filter(({ key }) => opened.has(key) && !theirs.has(key));
  const { head, tail } = saved.cut;
  const bytes = Buffer.concat([head, ...[...kept, ...added].map(bytesOf), tail]);
  return {
    content: contentOf(file, bytes, saved),
    conflicts: [...opened].flatMap(([key, text]) =>
      (theirs.get(key) ?? '') === text ? [] : [key],
    ),
  };
}

const textsOf = ({ entries }: Cut): Map<string, string> =>
  new Map(entries.map((entry) => [entry.key, textOf(entry)]));

const isSameFrame = (one: Cut, other: Cut): boolean =>
  one.head.equals(other.head) && one.tail.equals(other.tail);
