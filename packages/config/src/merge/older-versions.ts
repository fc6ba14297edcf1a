import { applyToPieces, inverse, type Splice } from '../history/delta.ts';
import type { History } from '../history/history.ts';
import type { HistoryRecord } from '../history/record.ts';
import type { Content } from '../store/content.ts';
import { partOf, WHOLE } from './parts.ts';

/**
 * So far back is looked for the version that an editor had opened. What is older is taken for known to
 * whoever saves: to put it back as it was before is then meant.
 */
const LOOK_BACK_RECORDS = 200;
const LOOK_BACK_MS = 12 * 60 * 60 * 1000;
/** Whole texts take as long as they are: of large ones only the last few are looked at. */
const LOOK_BACK_BYTES = 64 * 1024 * 1024;

/** How a file was before a change. */
export interface OlderVersion {
  readonly record: HistoryRecord;
  /** What the parts said that the change was about; empty for one that there was not. */
  readonly before: ReadonlyMap<string, string>;
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
  for await (const { record, splices } of changesOf(trail)) {
    const before = new Map<string, string>();
    for (const splice of splices) {
      const part = partOf(splice);
      if (part === undefined || before.has(part)) return;
      before.set(part, splice.removed);
    }
    yield { record, before };
  }
}

/** The same for a file that could not be cut, with the whole as its only part. */
export async function* olderTexts(trail: Trail, content: Content): AsyncGenerator<OlderVersion> {
  let pieces = content.pieces();
  let bytes = 0;
  for await (const { record, splices } of changesOf(trail)) {
    pieces = applyToPieces(pieces, inverse(splices));
    const whole = Buffer.concat(pieces);
    bytes += whole.length;
    if (bytes > LOOK_BACK_BYTES) return;
    yield { record, before: new Map([[WHOLE, whole.toString()]]) };
  }
}

async function* changesOf({
  history,
  file,
  newest,
  time,
}: Trail): AsyncGenerator<{ readonly record: HistoryRecord; readonly splices: readonly Splice[] }> {
  // A record that an admin has moved away leaves a gap, and behind it nothing can be told.
  const numbers = new Set(await history.numbers());
  for (let at = newest; numbers.has(at) && at > newest - LOOK_BACK_RECORDS; at -= 1) {
    const record = await history.read(at);
    if (Date.parse(record.time) < time.getTime() - LOOK_BACK_MS) return;
    const change = record.files.find((one) => one.file === file);
    if (change === undefined) continue;
    if (change.splices === null) return;
    yield { record, splices: change.splices };
  }
}
