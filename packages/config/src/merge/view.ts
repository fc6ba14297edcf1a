import { isSameAt, sameJson } from '../yaml/json.ts';
import { marksIn, undoingOf, type Undoing } from './changes-by-hand.ts';
import { createTrim, textIn, type Parts } from './parts.ts';
import { distanceOf, LAYOUT, type Read } from './reading.ts';

/** How many changes, more or less, lead from a version to what was saved; 0 where they are the same. */
export interface Distances {
  readonly distance: number;
  /** The same of those parts alone that are not in the newest version as they were saved. */
  readonly ofDiffering: number;
}

/** What was saved, beside one older version after the other. */
export interface View {
  /**
   * Goes to the version before. Returns what the save undoes of the change that came then.
   *
   * @param isHands whether a hand made the change, and no program
   */
  goBack(before: ReadonlyMap<string, string>, isHands: boolean): Omit<Undoing, 'paths'>;
  /** Whether what was saved has something as the version has it, and not as programs have changed it since. */
  isBehind(): boolean;
  /** Whether the hand cannot have opened the version: it has something of a newer one. */
  isImpossible(): boolean;
  /** UUIDs and hashes of tokens of users and clients whom programs have taken out since. */
  takenOut(): ReadonlySet<string>;
  /** How many of them what was saved has: they belong to a version that had them still. */
  returned(): number;
  distances(): Distances;
  /** Whether what was saved lets somebody in whom the newest version does not let in. */
  isAdmitting(): boolean;
  /** What the version says in the parts that are not so in the newest. */
  opened(): ReadonlyMap<string, string>;
  /** Whether all is as it was then, but for what has come since: that was removed on purpose. */
  isRemoval(): boolean;
}

/** @param differing the parts that are not the same in what was saved and in the newest version */
export function createView(
  read: Read,
  theirs: Parts,
  ours: Parts,
  differing: readonly string[],
): View {
  const trim = createTrim(theirs, ours);
  const opened = new Map<string, string>();
  /** What the parts of the version say that have changed since. */
  const texts = new Map<string, string>();
  /** Of each part that is not the same. */
  const distances = new Map<string, number>();
  let distance = 0;
  let ofDiffering = 0;
  const areDiffering = new Set(differing);

  const compare = (part: string, text: string): void => {
    const saved = textIn(theirs, part);
    const here = saved === text ? 0 : distanceOf(read(part, saved), read(part, text));
    const farther = here - (distances.get(part) ?? 0);
    distance += farther;
    if (areDiffering.has(part)) ofDiffering += farther;
    if (here === 0) distances.delete(part);
    else distances.set(part, here);
  };
  const undoing = (part: string, before: string, after: string): Undoing =>
    undoingOf({
      before: read(part, before).value,
      after: read(part, after).value,
      ours: read(part, textIn(ours, part)).value,
      theirs: read(part, textIn(theirs, part)).value,
    });

  const marksOf = (parts: Parts) => (): ReadonlySet<string> =>
    new Set(differing.flatMap((part) => [...marksIn(read(part, textIn(parts, part)).value)]));
  const marks = { theirs: once(marksOf(theirs)), ours: once(marksOf(ours)) };
  /** What tells users and clients whom programs have taken out. */
  const takenOut = new Set<string>();
  const noteTakenOut = (part: string, before: string, after: string): void => {
    const gone = marksIn(read(part, before).value).difference(marksIn(read(part, after).value));
    for (const mark of gone) if (!marks.ours().has(mark)) takenOut.add(mark);
  };

  /** What nobody can guess and what was saved has, but not the version. */
  const seen = new Set<string>();
  const noteSeen = (part: string, before: string, after: string): void => {
    const saved = read(part, textIn(theirs, part)).unguessable;
    const older = read(part, before).unguessable;
    const newer = read(part, after).unguessable;
    for (const word of older.difference(newer)) seen.delete(word);
    for (const word of newer.difference(older)) if (saved.has(word)) seen.add(word);
  };

  /** Where programs have changed what was saved otherwise, by the parts. */
  const byPrograms: (readonly [part: string, path: readonly string[]])[] = [];
  const goBackIn = (part: string, before: string, isHands: boolean): Undoing => {
    const newest = textIn(ours, part);
    const after = texts.get(part) ?? newest;
    texts.set(part, before);
    const isRemoved = before !== '' && !theirs.has(part);
    if (isRemoved || before === newest) opened.delete(part);
    else opened.set(part, before);
    compare(part, isRemoved ? newest : before);
    noteSeen(part, before, after);
    const undone = undoing(part, before, after);
    if (!isHands) {
      noteTakenOut(part, before, after);
      byPrograms.push(...undone.paths.map((path) => [part, path] as const));
    }
    return undone;
  };

  for (const part of differing) compare(part, textIn(ours, part));
  return {
    goBack: (before, isHands) => {
      const undone = [...before].map(([part, text]) => goBackIn(part, trim(part, text), isHands));
      return {
        isAdmitting: undone.some(({ isAdmitting }) => isAdmitting),
        isLosing: undone.some(({ isLosing }) => isLosing),
      };
    },
    isBehind: () =>
      byPrograms.some(([part, path]) =>
        isSameAt(
          path,
          read(part, texts.get(part) ?? textIn(ours, part)).value,
          read(part, textIn(theirs, part)).value,
        ),
      ),
    isImpossible: () => seen.size > 0,
    takenOut: () => takenOut,
    returned: () => takenOut.intersection(marks.theirs()).size,
    distances: () => ({ distance, ofDiffering }),
    isAdmitting: once(() =>
      differing.some((part) => undoing(part, textIn(theirs, part), textIn(ours, part)).isAdmitting),
    ),
    opened: () => new Map(opened),
    isRemoval: () =>
      [...distances.values()].every((one) => one === LAYOUT) &&
      [...opened].every(
        ([part, text]) =>
          text === '' || sameJson(read(part, text).value, read(part, textIn(ours, part)).value),
      ),
  };
}

/** Works it out when it is asked for, and then no more. */
function once<T>(work: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: work() }).value;
}
