import { contentOf, type Content } from '../store/content.ts';
import { changedContent } from '../store/edit-entries.ts';
import type { Json } from '../yaml/json.ts';
import { isSameEntry, textOf, type Entry } from '../yaml/entries.ts';
import type { Change } from '../yaml/splice.ts';
import { changesByHand, clientsIn, lockOuts, type Versions } from './changes-by-hand.ts';
import { HEAD, partsOfBoth, TAIL, textIn, WHOLE, type Parts } from './parts.ts';
import { createReader, distanceOf, LAYOUT, type Read } from './reading.ts';
import type { StaleSave } from './stale-save.ts';

export interface Merge {
  readonly content: Content;
  /** Parts that both have changed: of what the hand did there, only values that go with ours stand. */
  readonly conflicts: readonly string[];
  /** Parts that do not stand as the hand saved them. */
  readonly kept: readonly string[];
  /** Whether somebody is let in whom what was saved does not let in. */
  readonly isAdmitting: boolean;
  /** Whether somebody stays locked out whom the newest version lets in. */
  readonly isLockingOut: boolean;
}

/**
 * What a hand has saved, with what was newer: part by part, and where both have changed one, value by
 * value. Where both have changed a value, the newer one stands, unless the hand locked somebody out.
 */
export function merge(stale: StaleSave, saved: Content): Merge {
  const { file, newest, opened } = stale;
  const [theirs, ours] = partsOfBoth(saved, newest);
  const read = createReader(file);
  const joined = joinedContent(stale, saved, theirs, ours);
  const parts = joined === undefined ? [...ours.keys(), ...theirs.keys()] : [...opened.keys()];
  const changesIn = (part: string): Change[] => {
    const versions = versionsOf(part, stale, theirs, ours);
    const isDone = versions.theirs === versions.ours || part === HEAD || part === TAIL;
    return isDone ? [] : changesOf(read, part, versions, changesByHand);
  };
  const changes = [...new Set(parts)].flatMap(changesIn);
  const base = joined ?? newest;
  const joint = changedContent(file, base, base.cut, changes);
  const { content, parts: revoked } = withoutRevoked(joint, stale, read);

  const [, merged] = partsOfBoth(saved, content);
  const isConflict = ([part, text]: readonly [string, string]): boolean =>
    ![text, textIn(ours, part)].includes(textIn(theirs, part));
  const isKept = (part: string): boolean =>
    distanceOf(read(part, textIn(theirs, part)), read(part, textIn(merged, part))) > LAYOUT;
  const kept = [...new Set([...opened.keys(), ...revoked])].filter(isKept);
  return {
    content,
    conflicts: [...new Set([...[...opened].filter(isConflict).map(([part]) => part), ...revoked])],
    kept,
    isAdmitting:
      file === 'users.yaml' &&
      kept.some((part) => !idsIn(textIn(merged, part)).isSubsetOf(idsIn(textIn(theirs, part)))),
    isLockingOut: [...opened].some(
      ([part, text]) => text === textIn(theirs, part) && changesIn(part).length > 0,
    ),
  };
}

/** Each of the two versions, without those whom the other one locks out. */
export function withLockOuts(
  stale: StaleSave,
  saved: Content,
): { readonly newest: Content; readonly saved: Content } {
  const { file, newest } = stale;
  const [theirs, ours] = partsOfBoth(saved, newest);
  const read = createReader(file);
  const lockedOut = (isTheirs: boolean): Change[] =>
    [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((part) => {
      const versions = versionsOf(part, stale, theirs, ours);
      if (versions.theirs === versions.ours) return [];
      const turned = { ...versions, theirs: versions.ours, ours: versions.theirs };
      return changesOf(read, part, isTheirs ? versions : turned, lockOuts);
    });
  const locked = changedContent(file, saved, saved.cut, lockedOut(false));
  return {
    newest: changedContent(file, newest, newest.cut, lockedOut(true)),
    saved: withoutRevoked(locked, stale, read).content,
  };
}

/** Takes out clients that have been revoked, wherever the hand has put them meanwhile. */
function withoutRevoked(
  content: Content,
  { file, newest, takenOut }: StaleSave,
  read: Read,
): { readonly content: Content; readonly parts: readonly string[] } {
  if (takenOut.size === 0) return { content, parts: [] };
  const [merged, ours] = partsOfBoth(content, newest);
  const isNewer = ([part, entry]: readonly [string, Entry]): boolean => {
    const known = ours.get(part);
    return known === undefined || !isSameEntry(entry, known);
  };
  const revoked = [...merged].filter(isNewer).flatMap(([part, entry]) =>
    clientsIn(read(part, textOf(entry)).value)
      .filter(({ marks }) => marks.some((mark) => takenOut.has(mark)))
      .map(({ path }) => ({ part, path, value: undefined })),
  );
  return {
    content: changedContent(file, content, content.cut, revoked),
    parts: revoked.map(({ part }) => part),
  };
}

function versionsOf(
  part: string,
  { opened }: StaleSave,
  theirs: Parts,
  ours: Parts,
): Versions<string> {
  const newest = textIn(ours, part);
  return { opened: opened.get(part) ?? newest, theirs: textIn(theirs, part), ours: newest };
}

/** None where the lines do not parse by themselves: nothing can be told of their values. */
function changesOf(
  read: Read,
  part: string,
  versions: Versions<string>,
  find: (values: Versions<Json>) => Change[],
): Change[] {
  const opened = read(part, versions.opened);
  const theirs = read(part, versions.theirs);
  const ours = read(part, versions.ours);
  const areParsed = opened.isParsed && theirs.isParsed && ours.isParsed;
  if (!areParsed) return [];
  return find({ opened: opened.value, theirs: theirs.value, ours: ours.value });
}

/** What was saved, with the newer text of each part that had one. Undefined where that is not a file. */
function joinedContent(
  { file, opened }: StaleSave,
  saved: Content,
  theirs: Parts,
  ours: Parts,
): Content | undefined {
  if (ours.has(WHOLE)) return undefined;
  const isEntry = (part: string): boolean => part !== HEAD && part !== TAIL;
  const added = [...ours.keys()].filter((part) => opened.has(part) && !theirs.has(part));
  const pieces = [...theirs.keys(), ...added]
    .filter(isEntry)
    .map((part) => textIn(opened.has(part) ? ours : theirs, part));
  const entries = pieces.join('');
  if (entries === '') return undefined;
  const [head, tail] = [HEAD, TAIL].map((part) => textIn(opened.has(part) ? ours : theirs, part));
  return contentOf(file, Buffer.from(`${head}${entries}${tail}`), saved);
}

/** The users and clients that a part of `users.yaml` tells of. */
const idsIn = (text: string): Set<string> =>
  new Set(text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []);
