import type { History } from '../history/history.ts';
import { partOf } from './parts.ts';
import type { HistoryRecord } from '../history/record.ts';

/**
 * So far back is looked for the version that an editor had opened. What is older is taken for known to
 * whoever saves: to put it back as it was before is then meant.
 */
const LOOK_BACK_RECORDS = 200;
const LOOK_BACK_MS = 12 * 60 * 60 * 1000;

/** How a file was before a change. */
export interface OlderVersion {
  readonly record: HistoryRecord;
  /** What the parts said that the change was about; empty for one that there was not. */
  readonly before: ReadonlyMap<string, string>;
}

/** The versions of a file that an editor may have opened, newest first, without the newest of all. */
export async function* olderVersions(
  history: History,
  newest: number,
  file: string,
  time: Date,
): AsyncGenerator<OlderVersion> {
  // A record that an admin has moved away leaves a gap, and behind it nothing can be told.
  const numbers = new Set(await history.numbers());
  for (let at = newest; numbers.has(at) && at > newest - LOOK_BACK_RECORDS; at -= 1) {
    const record = await history.read(at);
    if (Date.parse(record.time) < time.getTime() - LOOK_BACK_MS) return;
    const change = record.files.find((one) => one.file === file);
    if (change === undefined) continue;
    const before = new Map<string, string>();
    for (const splice of change.splices ?? []) {
      const part = partOf(splice);
      if (part === undefined || before.has(part)) return;
      before.set(part, splice.removed);
    }
    if (change.splices === null) return;
    yield { record, before };
  }
}
