import { entryOf, textOf, type Cut, type Entry } from '../yaml/entries.ts';
import type { Splice } from '../history/delta.ts';

/** A file by its parts: the entries by their keys, and what stands around them. */
export type Parts = ReadonlyMap<string, Entry>;

/** Entries go by their keys, which none of these can be. */
export const HEAD = '(head)';
export const TAIL = '(tail)';

export function partsOf({ head, entries, tail }: Cut): Parts {
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
