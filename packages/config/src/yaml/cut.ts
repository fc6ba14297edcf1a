import { bytesOf, digestsOf, spliceEntries, type Cut, type Entry } from './entries.ts';

/**
 * Cuts a file at the entries of a top-level mapping (`users:` of `users.yaml`), or at its top-level
 * keys where no section is named. Returns undefined where the lines are laid out in another way, of
 * which only a parser can tell what they mean.
 *
 * It goes by lines and does not parse. What is as it was in `previous` is not even looked at by lines,
 * and its entries are used again.
 */
export function cutEntries(
  bytes: Buffer,
  section: string | undefined,
  previous?: Cut,
): Cut | undefined {
  return (previous && cutAgain(bytes, previous)) ?? cutAfresh(bytes, section);
}

function cutAfresh(bytes: Buffer, section: string | undefined): Cut | undefined {
  const text = textOfBytes(bytes);
  if (hasLoneReturn(text)) return undefined;
  const bodyStart = section === undefined ? 0 : bodyOf(text, section);
  if (bodyStart === undefined) return undefined;
  const indent = indentOf(text, bodyStart);
  if (indent === undefined || indent > 0 !== (section !== undefined)) return undefined;

  const starts = entryStarts(text, bodyStart, indent);
  const first = starts?.entries[0];
  if (starts === undefined || first === undefined) return undefined;
  const entries = entriesAt(bytes, starts);
  if (!areUnique(entries)) return undefined;
  const head = bytes.subarray(0, first.start);
  const tail = bytes.subarray(starts.end);
  return { head, tail, entries, digests: digestsOf(entries) };
}

/** Cuts only what stands between the entries that are as they were at the beginning and at the end. */
function cutAgain(bytes: Buffer, previous: Cut): Cut | undefined {
  const { head, tail, entries } = previous;
  const tailStart = bytes.length - tail.length;
  if (
    tailStart < head.length ||
    !startsWith(bytes, 0, head) ||
    !startsWith(bytes, tailStart, tail)
  ) {
    return undefined;
  }
  let first = 0;
  let start = head.length;
  for (; first < entries.length; first += 1) {
    const entry = entries[first];
    if (entry === undefined || !standsAt(bytes, start, entry)) break;
    start += entry.end - entry.start;
  }
  // What follows an entry may be more of it: the last that is the same is cut again.
  const again = entries[first - 1];
  if (again !== undefined) {
    first -= 1;
    start -= again.end - again.start;
  }
  let last = entries.length;
  let end = tailStart;
  for (; last > first; last -= 1) {
    const entry = entries[last - 1];
    const length = entry === undefined ? 0 : entry.end - entry.start;
    if (entry === undefined || end - length < start || !standsAt(bytes, end - length, entry)) break;
    end -= length;
  }
  // A copy, so that two whole files are not kept for the sake of a few lines.
  const between = Buffer.from(bytes.subarray(start, end));
  const middle = textOfBytes(between);
  const [known] = entries;
  const indent = known === undefined ? undefined : indentOf(textOfBytes(bytesOf(known)), 0);
  if (hasLoneReturn(middle) || indent === undefined) return undefined;
  // What follows has to stand at the beginning of a line, as it did.
  const isFollowed = last < entries.length || tail.length > 0;
  if (isFollowed && middle !== '' && !middle.endsWith('\n')) return undefined;
  const starts = entryStarts(middle, 0, indent);
  if (starts?.end !== middle.length || (starts.entries[0]?.start ?? 0) !== 0) return undefined;
  const fresh = entriesAt(between, starts);
  if (middle !== '' && fresh.length === 0) return undefined;
  const cut = spliceEntries(previous, first, last - first, fresh);
  return cut.entries.length > 0 && areUnique(cut.entries) ? cut : undefined;
}

/** One character for each byte, so that places in it are places in the bytes. */
const textOfBytes = (bytes: Buffer): string => bytes.toString('latin1');

/** It ends a line too, but only for a parser. */
const hasLoneReturn = (text: string): boolean => /\r(?!\n)/.test(text);

const startsWith = (bytes: Buffer, at: number, part: Buffer): boolean =>
  part.compare(bytes, at, at + part.length) === 0;

const standsAt = (bytes: Buffer, at: number, { source, start, end }: Entry): boolean =>
  at + end - start <= bytes.length && source.compare(bytes, at, at + end - start, start, end) === 0;

const areUnique = (entries: readonly Entry[]): boolean =>
  new Set(entries.map(({ key }) => key)).size === entries.length;

function entriesAt(source: Buffer, { entries, end }: Starts): Entry[] {
  return entries.map(({ key, start }, index) => ({
    key,
    source,
    start,
    end: entries[index + 1]?.start ?? end,
  }));
}

/** Where the line after `section:` starts. */
function bodyOf(text: string, section: string): number | undefined {
  const match = new RegExp(`^${section}:[ ]*(#.*)?\r?\n`, 'm').exec(text);
  return match === null ? undefined : match.index + match[0].length;
}

function indentOf(text: string, from: number): number | undefined {
  const line = /^( *)[^ #\r\n]/gm;
  line.lastIndex = from;
  return line.exec(text)?.[1]?.length;
}

interface Starts {
  readonly entries: readonly { readonly key: string; readonly start: number }[];
  /** Where the section ends. */
  readonly end: number;
}

/** Undefined where a line is neither a key nor deeper than one. */
function entryStarts(text: string, from: number, indent: number): Starts | undefined {
  // Every line that is not deeper than the keys, and is neither blank nor a comment.
  const line = new RegExp(`^( {0,${indent}})(?![ #\r\n])(?:([A-Za-z0-9_-]+):(?=[ \r\n]))?`, 'gm');
  line.lastIndex = from;
  const entries: { key: string; start: number }[] = [];
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const [matched, spaces = '', key] = match;
    const isEnd = indent > 0 ? spaces === '' : key === undefined;
    // Where a tab stands, and whether in a comment, only a parser can tell.
    if (isEnd) return text[match.index] === '\t' ? undefined : { entries, end: match.index };
    if (spaces.length !== indent || key === undefined) return undefined;
    entries.push({ key, start: match.index });
    // An empty match would be found again for ever.
    if (matched === '') line.lastIndex += 1;
  }
  return { entries, end: text.length };
}
