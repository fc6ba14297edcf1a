import { applyToPieces, inverse, type Splice } from '../history/delta.ts';
import type { History } from '../history/history.ts';
import { BY_HAND, type HistoryRecord } from '../history/record.ts';
import { contentOf, sectionOf, type Content } from '../store/content.ts';
import { textOf } from '../yaml/entries.ts';
import { partOf, WHOLE } from './parts.ts';

/**
 * So far back is looked for the version that an editor had opened. What is older is taken for known to
 * whoever saves: to put it back as it was before is then meant.
 */
const LOOK_BACK_MS = 12 * 60 * 60 * 1000;
/** Nobody should wait for longer than a second or so, and the server answers nobody meanwhile. */
const LOOK_BACK_RECORDS = 4000;
const LOOK_BACK_PARTS = 10_000;
const LOOK_BACK_BYTES = 16 * 1024 * 1024;

/** How a file was before a change. */
export interface OlderVersion {
  readonly record: HistoryRecord;
  /**
   * What the parts said that the change was about; empty for one that there was not. Undefined where
   * that, and all that is older, cannot be told.
   */
  readonly before: ReadonlyMap<string, string> | undefined;
  /** Of the whole file; null where there was none. */
  readonly digest: string | null;
  /** Whether it is one that a hand had saved from an older version still. */
  readonly isStale: boolean;
}

/** Where to look for what an editor had opened. */
export interface Trail {
  readonly history: History;
  readonly file: string;
  /** Number of the record of its newest version. */
  readonly newest: number;
  /** When somebody saved it. */
  readonly time: Date;
}

/** The versions that an editor may have opened, newest first, without the newest of all. */
export async function* olderVersions(trail: Trail): AsyncGenerator<OlderVersion> {
  let parts = 0;
  for await (const { splices, ...change } of changesOf(trail)) {
    parts += splices.length;
    const isTooMuch = parts > LOOK_BACK_PARTS;
    // What hands have done may be taken back; of the next that a program has done nothing can be told.
    if (isTooMuch && change.record.by === BY_HAND) continue;
    const before = isTooMuch ? undefined : partsBefore(trail.file, splices);
    yield { ...change, before };
    if (before === undefined) return;
  }
}

function partsBefore(
  file: string,
  splices: readonly Splice[],
): ReadonlyMap<string, string> | undefined {
  const [first] = splices;
  if (first !== undefined && partOf(first) === undefined) return entriesBefore(file, first);
  const before = new Map<string, string>();
  for (const splice of splices) {
    const part = partOf(splice);
    if (part === undefined) return undefined;
    // One that was moved went at one place and came at another.
    before.set(part, (before.get(part) ?? '') + splice.removed);
  }
  return before;
}

/** Where a file came or went as a whole, or the first of its entries came or the last one went. */
function entriesBefore(
  file: string,
  { removed, inserted }: Splice,
): ReadonlyMap<string, string> | undefined {
  const before = entriesIn(file, removed);
  const after = entriesIn(file, inserted);
  if (before === undefined || after === undefined) return undefined;
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => before.get(key) !== after.get(key),
  );
  return new Map(changed.map((key) => [key, before.get(key) ?? '']));
}

/** Undefined where there are some, but only a parser can tell where. */
function entriesIn(file: string, text: string): ReadonlyMap<string, string> | undefined {
  const { cut } = contentOf(file, Buffer.from(text));
  if (cut !== undefined) return new Map(cut.entries.map((entry) => [entry.key, textOf(entry)]));
  const isEmpty = text === '' || new RegExp(`^${sectionOf(file)}: *\\{ *\\}`, 'm').test(text);
  return isEmpty ? new Map() : undefined;
}

/** The same for a file that could not be cut, with the whole as its only part. */
export async function* olderTexts(trail: Trail, content: Content): AsyncGenerator<OlderVersion> {
  let pieces = content.pieces();
  let bytes = content.size;
  for await (const { splices, ...change } of changesOf(trail)) {
    bytes += content.size;
    const isTooMuch = bytes > LOOK_BACK_BYTES;
    if (isTooMuch && change.record.by === BY_HAND) continue;
    if (!isTooMuch) pieces = applyToPieces(pieces, inverse(splices));
    const before = isTooMuch ? undefined : new Map([[WHOLE, Buffer.concat(pieces).toString()]]);
    yield { ...change, before };
    if (before === undefined) return;
  }
}

interface PastSave {
  readonly record: HistoryRecord;
  readonly splices: readonly Splice[];
  readonly digest: string | null;
  readonly isStale: boolean;
}

async function* changesOf({ history, file, newest, time }: Trail): AsyncGenerator<PastSave> {
  // A record that an admin has moved away leaves a gap, and behind it nothing can be told.
  const numbers = new Set(await history.numbers());
  /** One later than it is read: only the record before tells of the version that it left. */
  let later: Omit<PastSave, 'isStale'> | undefined;
  for (let at = newest; numbers.has(at) && at > newest - LOOK_BACK_RECORDS; at -= 1) {
    const record = await history.read(at);
    if (Date.parse(record.time) < time.getTime() - LOOK_BACK_MS) break;
    const change = record.files.find((one) => one.file === file);
    if (change === undefined) continue;
    if (later !== undefined) yield { ...later, isStale: record.stale?.includes(file) === true };
    later = undefined;
    if (change.splices === null) break;
    later = { record, splices: change.splices, digest: change.before };
  }
  if (later !== undefined) yield { ...later, isStale: false };
}
