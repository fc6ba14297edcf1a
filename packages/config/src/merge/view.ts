import { sameJson } from '../yaml/json.ts';
import { undoingOf, type Undoing } from './changes-by-hand.ts';
import { createTrim, textIn, type Parts } from './parts.ts';
import { distanceOf, LAYOUT, type Read } from './reading.ts';

/** What was saved, beside one older version after the other. */
export interface View {
  /**
   * Goes to the version before. Returns what the save undoes of the change that came then.
   *
   * @param isHands whether a hand made the change, and no program
   */
  goBack(before: ReadonlyMap<string, string>, isHands: boolean): Undoing;
  /** Whether the hand cannot have opened the version: it has something of a newer one. */
  isImpossible(): boolean;
  /** What nobody can think up, and programs have taken out since. */
  takenOut(): ReadonlySet<string>;
  /** How much of that is back: only who opened a version that had it still can have it. */
  returned(): number;
  /** How many changes, more or less, lead from the version to what was saved; 0 where they are the same. */
  distance(): number;
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
  let sum = 0;

  const compare = (part: string, text: string): void => {
    const saved = textIn(theirs, part);
    const distance = saved === text ? 0 : distanceOf(read(part, saved), read(part, text));
    sum += distance - (distances.get(part) ?? 0);
    if (distance === 0) distances.delete(part);
    else distances.set(part, distance);
  };
  const undoing = (part: string, before: string, after: string): Undoing =>
    undoingOf({
      before: read(part, before).value,
      after: read(part, after).value,
      ours: read(part, textIn(ours, part)).value,
      theirs: read(part, textIn(theirs, part)).value,
    });

  const allWords = (parts: Parts) => (): ReadonlySet<string> =>
    new Set(differing.flatMap((part) => [...read(part, textIn(parts, part)).unguessable]));
  const wordsOf = { theirs: once(allWords(theirs)), ours: once(allWords(ours)) };
  /** What nobody can guess and what was saved has, but not the version. */
  const seen = new Set<string>();
  /** What nobody can guess and programs have taken out. */
  const takenOut = new Set<string>();
  const noteWords = (part: string, before: string, after: string, isHands: boolean): void => {
    const saved = read(part, textIn(theirs, part)).unguessable;
    const older = read(part, before).unguessable;
    const newer = read(part, after).unguessable;
    for (const word of older.difference(newer)) {
      seen.delete(word);
      if (!isHands && !wordsOf.ours().has(word)) takenOut.add(word);
    }
    for (const word of newer.difference(older)) if (saved.has(word)) seen.add(word);
  };
  for (const part of differing) compare(part, textIn(ours, part));
  return {
    goBack: (before, isHands) => {
      const undone = [...before].map(([part, whole]) => {
        const text = trim(part, whole);
        const newest = textIn(ours, part);
        const after = texts.get(part) ?? newest;
        texts.set(part, text);
        noteWords(part, text, after, isHands);
        const isRemoved = text !== '' && !theirs.has(part);
        if (isRemoved || text === newest) opened.delete(part);
        else opened.set(part, text);
        compare(part, isRemoved ? newest : text);
        return undoing(part, text, after);
      });
      return {
        isAny: undone.some(({ isAny }) => isAny),
        isAdmitting: undone.some(({ isAdmitting }) => isAdmitting),
        isLosing: undone.some(({ isLosing }) => isLosing),
      };
    },
    isImpossible: () => seen.size > 0,
    takenOut: () => takenOut,
    returned: () => takenOut.intersection(wordsOf.theirs()).size,
    distance: () => sum,
    opened: () => new Map(opened),
    isRemoval: () =>
      [...distances.values()].every((distance) => distance === LAYOUT) &&
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
