import type { History } from '../history/history.ts';
import { BY_HAND } from '../history/record.ts';
import type { Content } from '../store/content.ts';
import { isSameEntry, textOf } from '../yaml/entries.ts';
import type { Undoing } from './changes-by-hand.ts';
import { olderTexts, olderVersions } from './older-versions.ts';
import { partsOfBoth, WHOLE, type Parts } from './parts.ts';
import { CHANGE, createReader } from './reading.ts';
import { createView, type Distances } from './view.ts';

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
  /** UUIDs and hashes of tokens of users and clients whom programs have taken out since. */
  readonly takenOut: ReadonlySet<string>;
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
 * Where the differing parts of so many versions one after another, with so much text, are so much farther
 * away than in the nearest, none that is older still was opened: to compare all of twelve hours takes long
 * where entries are large. It has to be done where somebody may have been locked out meanwhile.
 */
const FAR = 5 * CHANGE;
const MOST_FAR = 10;
const MOST_FAR_LENGTH = 128 * 1024;

const FRESH: Comparison = { isContested: false };

/**
 * An editor that was opened before a change and saves after it would undo the change without anybody
 * meaning to. That shows: fewer changes lead from an older version to what it saves than from the
 * newest; of versions that are equally near, the newest was opened. It is not stale where it was made
 * from the newest version, or is an older one as a whole, which somebody has put back on purpose.
 *
 * Whom a hand has removed stays so, whatever others have changed about them. What only hands have changed
 * since may be taken back, unless that lets somebody in: most often that is one person at work. Whose
 * UUID or token a program has taken out comes back by no hand.
 */
export async function compareSave(history: History, save: Save): Promise<Comparison> {
  const { file, newest, number, saved, time } = save;
  const [theirs, ours] = partsOfBoth(saved, newest);
  const differing = differingParts(theirs, ours);
  if (differing.length > MOST_PARTS) return FRESH;
  const view = createView(createReader(file), theirs, ours, differing);
  const isInOrder = isSameOrder(theirs, ours);
  const isFar = createPatience();
  const past: Past = {
    isByHand: true,
    isAdmitting: false,
    isAgain: false,
    losses: 0,
    returned: 0,
  };
  /** Where it is the version as a whole, or that without what has come since. */
  const asMeant = (digest: string | null): Comparison | undefined => {
    if (digest === saved.digest) return { isContested: !past.isByHand };
    if (!isInOrder || !view.isRemoval()) return undefined;
    if (isWithoutSome(linesOf(theirs), linesOf(ours))) return { isContested: past.losses > 0 };
    return file === 'users.yaml' ? { isContested: !past.isByHand } : undefined;
  };
  let nearest: Nearest = { ...past, ...view.distances(), isBehind: false, opened: undefined };
  const trail = { history, file, newest: number, time };
  for await (const { record, before, digest, isStale } of ours.has(WHOLE)
    ? olderTexts(trail, newest)
    : olderVersions(trail)) {
    if (before === undefined) {
      past.losses += 1;
      break;
    }
    const isHands = record.by === BY_HAND;
    note(past, isHands, view.goBack(before, isHands));
    past.returned = view.returned();
    // Whoever goes on with a stale copy has not seen that the merge with it kept somebody out.
    past.isAgain ||= isStale && past.isAdmitting;
    const meant = past.isAgain ? undefined : asMeant(digest);
    if (meant !== undefined) return meant;
    const { distance, ofDiffering } = view.distances();
    if (isFar(ofDiffering - nearest.ofDiffering, before) && !view.isAdmitting()) break;
    const isNearer = distance < nearest.distance || past.returned > nearest.returned;
    if (!isNearer || view.isImpossible()) continue;
    const isBehind = past.isAdmitting || past.returned > 0 || view.isBehind();
    nearest = { ...past, distance, ofDiffering, isBehind, opened: view.opened() };
  }
  if (nearest.opened === undefined) return { isContested: past.losses > 0 || past.returned > 0 };
  if (!nearest.isBehind) return { isContested: true };
  const stale = { file, newest, opened: nearest.opened, takenOut: new Set(view.takenOut()) };
  // A merge keeps what has been changed since, but not what the hand had opened already.
  return { stale, isContested: past.losses > nearest.losses };
}

/** What is known of the changes since a version. */
interface Past {
  /** Whether only hands made them. */
  isByHand: boolean;
  /** Whether what was saved lets somebody in whom one has locked out. */
  isAdmitting: boolean;
  /** Whether it does so once more after a merge that kept them out. */
  isAgain: boolean;
  /** How many programs made of which something would be lost if what was saved stood. */
  losses: number;
  /** How many UUIDs and hashes are back that programs have taken out. */
  returned: number;
}

interface Nearest extends Readonly<Past>, Distances {
  /** Whether what was saved has something as this version has it, and not as programs have made it since. */
  readonly isBehind: boolean;
  /** Undefined where no version is nearer than the newest. */
  readonly opened: ReadonlyMap<string, string> | undefined;
}

function note(past: Past, isHands: boolean, undoing: Omit<Undoing, 'paths'>): void {
  past.isByHand &&= isHands;
  past.isAdmitting ||= undoing.isAdmitting;
  if (undoing.isLosing && !isHands) past.losses += 1;
}

/** Tells when to look no further, of versions that are so much farther away than the nearest. */
function createPatience(): (farther: number, before: ReadonlyMap<string, string>) => boolean {
  let versions = 0;
  let length = 0;
  return (farther, before) => {
    const isFar = farther > FAR;
    versions = isFar ? versions + 1 : 0;
    length = isFar ? length + lengthOf(before) : 0;
    return versions >= MOST_FAR && length >= MOST_FAR_LENGTH;
  };
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

const linesOf = (parts: Parts): string[] => [...parts.values()].map(textOf).join('').split('\n');

/** Whether lines are others with some at one place taken out, and nothing but blank ones left there. */
function isWithoutSome(lines: readonly string[], others: readonly string[]): boolean {
  let start = 0;
  while (start < lines.length && lines[start] === others[start]) start += 1;
  let end = lines.length;
  while (end > start && lines[end - 1] === others[others.length - lines.length + end - 1]) end -= 1;
  return lines.slice(start, end).every((line) => line.trim() === '');
}
