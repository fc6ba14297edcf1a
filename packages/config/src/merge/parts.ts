import type { Splice } from '../history/delta.ts';
import type { Content } from '../store/content.ts';
import { entryOf, indentOf, textOf, type Cut, type Entry } from '../yaml/entries.ts';

/** A file by its parts: the entries by their keys, and what stands around them. */
export type Parts = ReadonlyMap<string, Entry>;

/** Entries go by their keys, which none of these can be. */
export const HEAD = '(head)';
export const TAIL = '(tail)';
/** The one part of a file that could not be cut. */
export const WHOLE = '(file)';

/**
 * Two versions of a file by the same kind of parts: each a whole where one cannot be cut, or where the
 * entries of one could not stand among those of the other.
 */
export function partsOfBoth(one: Content, other: Content): readonly [Parts, Parts] {
  const areAlike = one.cut && other.cut && indentOf(one.cut) === indentOf(other.cut);
  if (!areAlike) return [wholeOf(one), wholeOf(other)];
  return [partsOf(one.cut), partsOf(other.cut)];
}

const wholeOf = (content: Content): Parts =>
  new Map([[WHOLE, entryOf(WHOLE, Buffer.concat(content.pieces()))]]);

/** What stands below the last entry is none of its own: it is below another once one is added. */
function partsOf({ head, entries, tail }: Cut): Parts {
  const last = entries.at(-1);
  if (last === undefined) return partsFrom([entryOf(HEAD, head), entryOf(TAIL, tail)]);
  const end = last.start + Buffer.byteLength(withoutEnd(textOf(last)));
  const below = last.source.subarray(end, last.end);
  return partsFrom([
    entryOf(HEAD, head),
    ...entries.slice(0, -1),
    { ...last, end },
    entryOf(TAIL, Buffer.concat([below, tail])),
  ]);
}

const partsFrom = (entries: readonly Entry[]): Parts =>
  new Map(entries.map((entry) => [entry.key, entry]));

/** The lines of an entry without blank ones and comments at the margin below them. */
function withoutEnd(text: string): string {
  const lines = text.split(/(?<=\n)/);
  return lines.slice(0, lines.findLastIndex((line) => !isBetween(line)) + 1).join('');
}

const isBetween = (line: string): boolean => line.trim() === '' || line.startsWith('#');

/**
 * Older texts of entries without what stood below them, of entries that were the last ones of their
 * version: those that are the last of one of these two, or had the comments below them that these have
 * below the last.
 */
export function createTrim(theirs: Parts, ours: Parts): (part: string, text: string) => string {
  const lasts = new Set([lastIn(theirs), lastIn(ours)]);
  const ends = new Set([endIn(theirs), endIn(ours)].filter((end) => end.includes('#')));
  return (part, text) => {
    const own = withoutEnd(text);
    const end = text.slice(own.length);
    const wasLast = ends.has(end) && !textIn(theirs, part).endsWith(end);
    return wasLast || lasts.has(part) ? own : text;
  };
}

const lastIn = (parts: Parts): string | undefined =>
  [...parts.keys()].findLast((part) => ![HEAD, TAIL, WHOLE].includes(part));

function endIn(parts: Parts): string {
  const lines = textIn(parts, TAIL).split(/(?<=\n)/);
  return lines
    .slice(
      0,
      lines.findIndex((line) => !isBetween(line)),
    )
    .join('');
}

/** Undefined where the file could not be cut. */
export function partOf({ entry, part }: Splice): string | undefined {
  if (part === undefined) return entry;
  return part === 'head' ? HEAD : TAIL;
}

/** Empty for a part that there is not. */
export function textIn(parts: Parts, part: string): string {
  const entry = parts.get(part);
  return entry === undefined ? '' : textOf(entry);
}
