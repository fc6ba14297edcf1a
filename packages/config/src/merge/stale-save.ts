import type { History } from '../history/history.ts';
import { BY_HAND } from '../history/record.ts';
import type { Content } from '../store/content.ts';
import { isSameEntry } from '../yaml/entries.ts';
import { sameJson } from '../yaml/json.ts';
import { takesBack } from './changes-by-hand.ts';
import { olderTexts, olderVersions } from './older-versions.ts';
import { partsOfBoth, textIn, WHOLE, type Parts } from './parts.ts';
import { CHANGE, createReader, distanceOf, LAYOUT, type Read } from './reading.ts';

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
   * Whether what stands lacks something that a program has changed, and nothing tells whether the hand had
   * seen that.
   */
  readonly isContested: boolean;
}

export interface Save {
  readonly file: string;
  /** What was recorded last before it, by the record `number`. */
  readonly newest: Content;
  readonly number: number;
  readonly saved: Content;
  readonly time: Date;
}

/** Who changes more at once has reformatted the file: to find out what else would take too long. */
const MOST_PARTS = 10_000;

/**
 * Where so many versions one after another, with so much text, are so much farther away than the nearest,
 * none that is older still was opened: to compare all of twelve hours takes long where entries are large.
 */
const FAR = 10 * CHANGE;
const MOST_FAR = 10;
const MOST_FAR_LENGTH = 512 * 1024;

const FRESH: Comparison = { isContested: false };

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: fewer changes lead from an older version to what it saves than from the
 * newest; of versions that are equally near, the newest was opened. It is not stale where it was made
 * from the newest version, or is an older one as a whole, which somebody has put back on purpose.
 *
 * Whom a hand has removed stays so, whatever others have changed about them.
 */
export async function compareSave(history: History, save: Save): Promise<Comparison> {
  const { file, newest, number, saved, time } = save;
  const [theirs, ours] = partsOfBoth(saved, newest);
  const differing = differingParts(theirs, ours);
  if (differing.length > MOST_PARTS) return FRESH;
  const view = createView(createReader(file), theirs, ours, differing);
  const trail = { history, file, newest: number, time };
  let least = view.distance();
  let nearest: StaleSave | undefined;
  /** Whether what stands in the end lacks something that a program has changed. */
  let isContested = false;
  let far = { versions: 0, length: 0 };
  for await (const { record, before } of ours.has(WHOLE)
    ? olderTexts(trail, newest)
    : olderVersions(trail)) {
    if (before === undefined) isContested = true;
    if (least === 0 || before === undefined) break;
    isContested ||= record.by !== BY_HAND && view.takesBack(before);
    view.goBack(before);
    if (view.isRemoval()) return { isContested: isContested || view.isWorkedOn() };
    const distance = view.distance();
    if (distance > least + FAR) {
      far = { versions: far.versions + 1, length: far.length + lengthOf(before) };
      if (far.versions >= MOST_FAR && far.length >= MOST_FAR_LENGTH) break;
    } else far = { versions: 0, length: 0 };
    if (distance >= least || view.isImpossible()) continue;
    least = distance;
    nearest = { file, newest, opened: view.opened() };
    // A merge keeps what has been changed since, but not what the hand had opened already.
    if (least > 0 || !isSameOrder(theirs, ours)) isContested = false;
  }
  const isPutBack = least === 0 && isSameOrder(theirs, ours);
  return nearest === undefined || isPutBack ? { isContested } : { stale: nearest, isContested };
}

const lengthOf = (before: ReadonlyMap<string, string>): number =>
  [...before.values()].reduce((sum, { length }) => sum + length, 0);

function differingParts(theirs: Parts, ours: Parts): string[] {
  return [...new Set([...theirs.keys(), ...ours.keys()])].filter((part) => {
    const [one, other] = [theirs.get(part), ours.get(part)];
    return one === undefined || other === undefined || !isSameEntry(one, other);
  });
}

/** Whether the parts that both have stand in the same order. */
function isSameOrder(theirs: Parts, ours: Parts): boolean {
  const common = [...ours.keys()].filter((part) => theirs.has(part));
  return [...theirs.keys()]
    .filter((part) => ours.has(part))
    .every((part, at) => part === common[at]);
}

/** What was saved, beside one older version after the other. */
interface View {
  /** Whether what was saved takes the change back that came after `before`. */
  takesBack(before: ReadonlyMap<string, string>): boolean;
  /** Goes to the version before. */
  goBack(before: ReadonlyMap<string, string>): void;
  /** Whether the hand cannot have opened the version: it has something of a newer one. */
  isImpossible(): boolean;
  /** How many changes, more or less, lead from the version to what was saved; 0 where they are the same. */
  distance(): number;
  /** What the version says in the parts that are not so in the newest. */
  opened(): ReadonlyMap<string, string>;
  /** Whether all is as it was then: so those who have been added since were removed on purpose. */
  isRemoval(): boolean;
  /** Whether lines of an entry, but comments below it, are not those of the newest version. */
  isWorkedOn(): boolean;
}

function createView(read: Read, theirs: Parts, ours: Parts, differing: readonly string[]): View {
  const opened = new Map<string, string>();
  /** Of each part that is not the same. */
  const distances = new Map<string, number>();
  let sum = 0;

  const compare = (part: string, text: string): void => {
    const saved = textIn(theirs, part);
    const distance = saved === text ? 0 : distanceOf(read(part, saved), read(part, text));
    sum += distance - (distances.get(part) ?? 0);
    if (distance === 0) distances.delete(part);
    else distances.set(part, distance);
  };
  /** What the change made of a part that the view goes back behind next. */
  const after = (part: string): string => opened.get(part) ?? textIn(ours, part);
  const isTaken = (part: string, before: string): boolean =>
    theirs.has(part) &&
    takesBack({
      before: read(part, before).value,
      after: read(part, after(part)).value,
      ours: read(part, textIn(ours, part)).value,
      theirs: read(part, textIn(theirs, part)).value,
    });

  /** What nobody can guess and what was saved has, but not the version. */
  const seen = new Set<string>();
  const noteSeen = (part: string, before: string, now: string): void => {
    const saved = read(part, textIn(theirs, part)).unguessable;
    const older = read(part, before).unguessable;
    const newer = read(part, now).unguessable;
    for (const word of older.difference(newer)) seen.delete(word);
    for (const word of newer.difference(older)) if (saved.has(word)) seen.add(word);
  };

  for (const part of differing) compare(part, textIn(ours, part));
  return {
    takesBack: (before) => [...before].some(([part, text]) => isTaken(part, text)),
    goBack: (before) => {
      for (const [part, text] of before) {
        noteSeen(part, text, after(part));
        const isRemoved = text !== '' && !theirs.has(part);
        if (isRemoved) opened.delete(part);
        else opened.set(part, text);
        compare(part, isRemoved ? textIn(ours, part) : text);
      }
    },
    isImpossible: () => seen.size > 0,
    distance: () => sum,
    opened: () => new Map(opened),
    isRemoval: () =>
      [...distances.values()].every((distance) => distance === LAYOUT) &&
      [...opened].every(
        ([part, text]) =>
          text === '' || sameJson(read(part, text).value, read(part, textIn(ours, part)).value),
      ),
    isWorkedOn: () =>
      differing.some(
        (part) =>
          theirs.has(part) &&
          ours.has(part) &&
          ownLines(textIn(theirs, part)) !== ownLines(textIn(ours, part)),
      ),
  };
}

/** When an entry goes, the comments and blank lines below it go to the one above. */
function ownLines(text: string): string {
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => !/^\s*(?:#|$)/.test(line));
  return lines.slice(0, last + 1).join('\n');
}
