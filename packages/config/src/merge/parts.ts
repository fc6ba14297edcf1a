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

function partsOf({ head, entries, tail }: Cut): Parts {
  const frame = [entryOf(HEAD, head), entryOf(TAIL, tail)];
  return new Map([...entries, ...frame].map((entry) => [entry.key, entry]));
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
