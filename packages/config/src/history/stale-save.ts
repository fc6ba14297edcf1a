import { contentOf, type Content } from '../store/content.ts';
import { changedEntries, entryOf, textOf, type Cut, type Entry } from '../yaml/entries.ts';
import type { Splice } from './delta.ts';
import type { History } from './history.ts';
import { BY_HAND } from './record.ts';

/**
 * So far back is looked for the version that an editor had opened. What is older is taken for known to
 * whoever saves: to put it back as it was before is then meant.
 */
const LOOK_BACK_RECORDS = 200;
const LOOK_BACK_MS = 12 * 60 * 60 * 1000;

/** So long ago a program must have changed a value for a hand that changes the same to be asked. */
const CONTESTED_MS = 60 * 60 * 1000;

/** A save by hand that was made from an older version than the newest. */
export interface StaleSave {
  readonly file: string;
  /** What was recorded last before it. */
  readonly newest: Content;
  /**
   * The parts that are not in the newest version as they were in the one that the hand had opened, with
   * what they said there; empty for one that there was not.
   */
  readonly opened: ReadonlyMap<string, string>;
}

export interface Comparison {
  readonly stale?: StaleSave;
  /**
   * Whether the hand has changed just what a program has changed shortly before. Nothing tells whether
   * it had seen that.
   */
  readonly isContested: boolean;
}

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: what it saves differs in fewer words from an older version than from the
 * newest. It is not stale where it was made from the newest version, or is an older one as a whole,
 * which somebody has put back on purpose.
 *
 * Whom a hand has removed or disabled stays so, whatever others have changed about them.
 *
 * @param newest the content that was recorded last, by the record `number`
 * @param saved what stands on the disk since `savedAt`
 */
export async function compareSave(
  history: History,
  number: number,
  file: string,
  newest: Content,
  saved: Content,
  savedAt: Date,
): Promise<Comparison> {
  if (newest.cut === undefined || saved.cut === undefined) return { isContested: false };
  const theirs = partsOf(saved.cut);
  const ours = partsOf(newest.cut);
  /** Of each part that is not the same, how far what was saved is from the version that is looked at. */
  const distances = new Map<string, number>();
  const compare = (part: string, text: string): void => {
    const distance = distanceOf(textIn(theirs, part), text);
    if (distance === 0) distances.delete(part);
    else distances.set(part, distance);
  };
  // Who takes a machine out of an entry that has just come, but leaves the entry, has seen it.
  const isUnknownToHand = ([part, before]: readonly [string, string]): boolean =>
    hasNothingOf(linesOf(textIn(theirs, part)), linesOf(before), linesOf(textIn(ours, part)));
  const isShutOut = (part: string, before: string): boolean =>
    (before !== '' && !theirs.has(part)) ||
    (isDisabled(textIn(theirs, part)) && !isDisabled(textIn(ours, part)));
  const changed = changedEntries(saved.cut, newest.cut);
  for (const part of [HEAD, ...changed.keys(), TAIL]) compare(part, textIn(ours, part));

  const opened = new Map<string, string>();
  const isContest = ([part, before]: readonly [string, string]): boolean => {
    const distance = distanceOf(textIn(theirs, part), textIn(ours, part));
    return distance > LAYOUT && distance === distanceOf(textIn(theirs, part), before);
  };
  let isContested = false;
  /** Parts that a newer record has changed than the one that is looked at. */
  const changedSince = new Set<string>();
  let least = sumOf(distances);
  let nearest: StaleSave | undefined;
  // A record that an admin has moved away leaves a gap, and behind it nothing can be told.
  const numbers = new Set(await history.numbers());
  for (let at = number; numbers.has(at) && at > number - LOOK_BACK_RECORDS; at -= 1) {
    const record = await history.read(at);
    if (least === 0 || Date.parse(record.time) < savedAt.getTime() - LOOK_BACK_MS) break;
    const change = record.files.find((one) => one.file === file);
    if (change === undefined) continue;
    const parts = change.splices?.map(partOf) ?? [undefined];
    if (parts.includes(undefined) || new Set(parts).size < parts.length) break;
    for (const part of opened.keys()) changedSince.add(part);
    for (const splice of change.splices ?? []) {
      const part = partOf(splice) ?? '';
      const isOut = isShutOut(part, splice.removed);
      if (isOut) opened.delete(part);
      else opened.set(part, splice.removed);
      compare(part, isOut ? textIn(ours, part) : splice.removed);
    }
    // All else is as it was then: who has been added since is removed on purpose.
    const isRemoval = [...opened].every(
      ([part, before]) => before === '' || isSameButComments(before, textIn(ours, part)),
    );
    if (isRemoval && [...distances.values()].every((one) => one === LAYOUT)) {
      return { isContested: false };
    }
    if (![...opened].every(isUnknownToHand)) continue;
    const age = savedAt.getTime() - Date.parse(record.time);
    if (record.by !== BY_HAND && age < CONTESTED_MS) {
      isContested ||= [...opened].some((one) => !changedSince.has(one[0]) && isContest(one));
    }
    const distance = sumOf(distances);
    if (distance >= least) continue;
    least = distance;
    nearest = { file, newest, opened: new Map(opened) };
  }
  if (least === 0) return { isContested: false };
  return nearest === undefined ? { isContested } : { stale: nearest, isContested: false };
}

export interface Merge {
  readonly content: Content;
  /** Parts that both have changed: what was saved by hand gave way. */
  readonly conflicts: readonly string[];
  /** Parts that stand as the newest version has them, although that is not how they were saved. */
  readonly kept: readonly string[];
  /** Those of them that let somebody in whom what was saved does not. */
  readonly admitted: readonly string[];
}

/** What a hand has saved, with what was newer. Undefined where its layout cannot be told by lines. */
export function merge({ file, newest, opened }: StaleSave, saved: Content): Merge | undefined {
  if (newest.cut === undefined || saved.cut === undefined) return undefined;
  const theirs = partsOf(saved.cut);
  const ours = partsOf(newest.cut);
  const added = newest.cut.entries.filter(({ key }) => opened.has(key) && !theirs.has(key));
  const order = [HEAD, ...[...saved.cut.entries, ...added].map(({ key }) => key), TAIL];
  const pieces = order.map((part) => textIn(opened.has(part) ? ours : theirs, part));
  const isConflict = ([part, text]: readonly [string, string]): boolean =>
    ![text, textIn(ours, part)].includes(textIn(theirs, part));
  const isKept = (part: string): boolean =>
    distanceOf(textIn(ours, part), textIn(theirs, part)) > LAYOUT;
  const admits = (part: string): boolean =>
    file === 'users.yaml' &&
    [...idsIn(textIn(ours, part))].some((id) => !idsIn(textIn(theirs, part)).has(id));
  return {
    content: contentOf(file, Buffer.from(pieces.join('')), saved),
    conflicts: [...opened].filter(isConflict).map(([part]) => part),
    kept: [...opened.keys()].filter(isKept),
    admitted: [...opened.keys()].filter(admits),
  };
}

/** The users and clients that a part of `users.yaml` tells of. */
const idsIn = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);

const isDisabled = (text: string): boolean => /^[^#\n]*\bdisabled:\s*true\b/m.test(text);

/** Entries go by their keys, which none of these can be. */
const HEAD = '(head)';
const TAIL = '(tail)';

/** Undefined where the file could not be cut. */
function partOf({ entry, part }: Splice): string | undefined {
  if (part === undefined) return entry;
  return part === 'head' ? HEAD : TAIL;
}

function partsOf({ head, entries, tail }: Cut): ReadonlyMap<string, Entry> {
  const frame = [entryOf(HEAD, head), entryOf(TAIL, tail)];
  return new Map([...entries, ...frame].map((entry) => [entry.key, entry]));
}

/** Empty for a part that there is not. */
function textIn(parts: ReadonlyMap<string, Entry>, part: string): string {
  const entry = parts.get(part);
  return entry === undefined ? '' : textOf(entry);
}

const linesOf = (text: string): ReadonlySet<string> => new Set(text.split('\n'));

/** Whether no line that was new in `after` is in `text`. */
const hasNothingOf = (
  text: ReadonlySet<string>,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): boolean => ![...after].some((line) => !before.has(line) && text.has(line));

/** How far two texts are apart that differ in nothing but their blanks and blank lines. */
const LAYOUT = 1;
/** How far a word takes them apart that only one of them has. */
const WORD = 2;

/** How far two texts are apart; 0 for equal texts only. */
function distanceOf(one: string, other: string): number {
  if (one === other) return 0;
  const counts = new Map<string, number>();
  for (const word of wordsOf(one)) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const word of wordsOf(other)) counts.set(word, (counts.get(word) ?? 0) - 1);
  const words = [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
  return Math.max(LAYOUT, words * WORD);
}

/** A comment behind the last entry is a part of whichever that is. */
const isSameButComments = (one: string, other: string): boolean =>
  distanceOf(withoutComments(one), withoutComments(other)) <= LAYOUT;

const withoutComments = (text: string): string => text.replace(/(^|\s)#.*$/gm, '$1');

const wordsOf = (text: string): readonly string[] => text.match(/\S+/g) ?? [];

const sumOf = (distances: ReadonlyMap<string, number>): number =>
  [...distances.values()].reduce((sum, distance) => sum + distance, 0);
