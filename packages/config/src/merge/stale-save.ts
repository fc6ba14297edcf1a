import type { Content } from '../store/content.ts';
import { isSameEntry } from '../yaml/entries.ts';
import { distanceOf, hasNewLine, isSameButComments, LAYOUT } from './distance.ts';
import type { History } from '../history/history.ts';
import { olderTexts, olderVersions } from './older-versions.ts';
import { partsOfBoth, textIn, WHOLE, type Parts } from './parts.ts';
import { BY_HAND } from '../history/record.ts';

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

export interface Save {
  readonly file: string;
  /** What was recorded last before it, by the record `number`. */
  readonly newest: Content;
  readonly number: number;
  readonly saved: Content;
  readonly time: Date;
}

/** So long ago a program must have changed a value for a change of the same by hand to be contested. */
const CONTESTED_MS = 60 * 60 * 1000;

const FRESH: Comparison = { isContested: false };

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: what it saves differs in fewer words from an older version than from the
 * newest. It is not stale where it was made from the newest version, or is an older one as a whole,
 * which somebody has put back on purpose.
 *
 * Whom a hand has removed stays so, whatever others have changed about them.
 */
export async function compareSave(history: History, save: Save): Promise<Comparison> {
  const { file, newest, number, saved, time } = save;
  const [theirs, ours] = partsOfBoth(saved, newest);
  const view = createView(theirs, ours);
  const trail = { history, file, newest: number, time };
  let least = view.distance();
  let nearest: StaleSave | undefined;
  let isContested = false;
  for await (const { record, before } of ours.has(WHOLE)
    ? olderTexts(trail, newest)
    : olderVersions(trail)) {
    if (least === 0) break;
    const isContest = view.goBack(before);
    if (view.isRemoval()) return FRESH;
    if (!view.isUnknownToHand()) continue;
    const isRecent = time.getTime() - Date.parse(record.time) < CONTESTED_MS;
    if (isContest && isRecent && record.by !== BY_HAND) isContested = true;
    const distance = view.distance();
    if (distance >= least) continue;
    least = distance;
    nearest = { file, newest, opened: view.opened() };
  }
  if (least === 0) return FRESH;
  return nearest === undefined ? { isContested } : { stale: nearest, isContested: false };
}

/** What was saved, beside one older version after the other. */
interface View {
  /** Goes to the version before. Returns whether the hand has changed just what this change has. */
  goBack(before: ReadonlyMap<string, string>): boolean;
  /** In words, more or less; 0 where they are the same. */
  distance(): number;
  /** What the version says in the parts that are not so in the newest. */
  opened(): ReadonlyMap<string, string>;
  /** Whether nothing tells that the hand has seen what has changed since. */
  isUnknownToHand(): boolean;
  /** Whether all is as it was then: so those who have been added since were removed on purpose. */
  isRemoval(): boolean;
}

function createView(theirs: Parts, ours: Parts): View {
  const opened = new Map<string, string>();
  /** Of each part that is not the same. */
  const distances = new Map<string, number>();

  const compare = (part: string, text: string): void => {
    const distance = distanceOf(textIn(theirs, part), text);
    if (distance === 0) distances.delete(part);
    else distances.set(part, distance);
  };
  const isRemoved = (part: string, before: string): boolean => before !== '' && !theirs.has(part);
  const isContest = (part: string, before: string): boolean => {
    const distance = distanceOf(textIn(theirs, part), textIn(ours, part));
    return distance > LAYOUT && distance === distanceOf(textIn(theirs, part), before);
  };

  for (const part of new Set([...theirs.keys(), ...ours.keys()])) {
    const [one, other] = [theirs.get(part), ours.get(part)];
    const isSame = one !== undefined && other !== undefined && isSameEntry(one, other);
    if (!isSame) compare(part, textIn(ours, part));
  }
  return {
    goBack: (before) => {
      const contests = [...before].filter(
        ([part, text]) => !opened.has(part) && isContest(part, text),
      );
      for (const [part, text] of before) {
        const isOut = isRemoved(part, text);
        if (isOut) opened.delete(part);
        else opened.set(part, text);
        compare(part, isOut ? textIn(ours, part) : text);
      }
      return contests.length > 0;
    },
    distance: () => [...distances.values()].reduce((sum, distance) => sum + distance, 0),
    opened: () => new Map(opened),
    // Who takes a machine out of an entry that has just come, but leaves the entry, has seen it.
    isUnknownToHand: () =>
      [...opened].every(
        ([part, text]) => !hasNewLine(textIn(theirs, part), text, textIn(ours, part)),
      ),
    isRemoval: () =>
      [...distances.values()].every((distance) => distance === LAYOUT) &&
      [...opened].every(
        ([part, text]) => text === '' || isSameButComments(text, textIn(ours, part)),
      ),
  };
}
