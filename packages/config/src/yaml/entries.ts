import { hash } from 'node:crypto';

/** The lines of one entry, with the blank lines and comments between it and the next. */
export interface Entry {
  readonly key: string;
  /** The bytes it is a part of: a view of its own for each of 100,000 would cost more than they do. */
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** A file's bytes, cut in front of each entry. All parts put together are the file. */
export interface Cut {
  /** What stands before the first entry. */
  readonly head: Buffer;
  readonly entries: readonly Entry[];
  /** Of each entry, one behind the other. */
  readonly digests: Buffer;
  /** From the line that ends the section. */
  readonly tail: Buffer;
}

const DIGEST_BYTES = 16;

export function entryOf(key: string, bytes: Buffer): Entry {
  return { key, source: bytes, start: 0, end: bytes.length };
}

export const bytesOf = ({ source, start, end }: Entry): Buffer => source.subarray(start, end);

export const textOf = ({ source, start, end }: Entry): string =>
  source.toString('utf8', start, end);

/** The blanks in front of each key; none where there are no entries. */
export function indentOf({ entries: [first] }: Cut): string {
  return first === undefined ? '' : (/^ */.exec(textOf(first))?.[0] ?? '');
}

export function isSameEntry(one: Entry, other: Entry): boolean {
  if (one === other) return true;
  return (
    one.key === other.key &&
    one.source.compare(other.source, other.start, other.end, one.start, one.end) === 0
  );
}

/** Puts entries in the place of `count` others. */
export function spliceEntries(cut: Cut, at: number, count: number, entries: readonly Entry[]): Cut {
  const before = cut.digests.subarray(0, at * DIGEST_BYTES);
  const after = cut.digests.subarray((at + count) * DIGEST_BYTES);
  return {
    ...cut,
    entries: [...cut.entries.slice(0, at), ...entries, ...cut.entries.slice(at + count)],
    digests: Buffer.concat([before, digestsOf(entries), after]),
  };
}

/** Puts other entries in the place of some, by where they stand. */
export function replaceEntries(cut: Cut, others: ReadonlyMap<number, Entry>): Cut {
  const entries = [...cut.entries];
  const digests = Buffer.from(cut.digests);
  for (const [index, entry] of others) {
    entries[index] = entry;
    digestsOf([entry]).copy(digests, index * DIGEST_BYTES);
  }
  return { ...cut, entries, digests };
}

export function digestsOf(entries: readonly Entry[]): Buffer {
  const digests = Buffer.alloc(entries.length * DIGEST_BYTES);
  for (const [index, entry] of entries.entries()) {
    digests.write(hash('sha256', bytesOf(entry), 'hex'), index * DIGEST_BYTES, DIGEST_BYTES, 'hex');
  }
  return digests;
}

/** Entries that `previous` does not have in this form, and keys that only it has. */
export function changedEntries(
  { entries }: Cut,
  previous: Cut | undefined,
): Map<string, Entry | undefined> {
  if (previous === undefined) return new Map(entries.map((entry) => [entry.key, entry]));
  const before = previous.entries;
  let from = 0;
  while (from < entries.length && entries[from] === before[from]) from += 1;
  let tail = 0;
  const most = Math.min(entries.length, before.length) - from;
  while (tail < most && entries.at(-1 - tail) === before.at(-1 - tail)) tail += 1;

  const changed = new Map<string, Entry | undefined>();
  const old = before.slice(from, before.length - tail);
  const known = new Map(old.map((entry) => [entry.key, entry]));
  for (const entry of entries.slice(from, entries.length - tail)) {
    const same = known.get(entry.key);
    if (same === undefined || !isSameEntry(same, entry)) changed.set(entry.key, entry);
    known.delete(entry.key);
  }
  for (const key of known.keys()) changed.set(key, undefined);
  return changed;
}
