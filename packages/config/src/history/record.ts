import { Problem } from '@berth/contract';
import type { Splice } from './delta.ts';

/** Who changes something, and what, in words that the history shows. */
export interface Author {
  readonly by: string;
  readonly what: string;
}

/** What one change did to one file. */
export interface FileChange {
  readonly file: string;
  /** Digest of the content before; null where there was no file. */
  readonly before: string | null;
  /** Digest of the content after; null where the file is gone. */
  readonly after: string | null;
  /** Null where the content before was lost, so that nothing older can be restored. */
  readonly splices: readonly Splice[] | null;
}

/** One change of the configuration, in `history/<number>.json`. */
export interface HistoryRecord extends Author {
  readonly number: number;
  /** ISO 8601 in UTC. */
  readonly time: string;
  /** `Config.revision` of the files after the change. */
  readonly revision: string;
  readonly files: readonly FileChange[];
  /** Files that a hand has saved from an older version: the next record puts them right. */
  readonly stale?: readonly string[];
}

/** When a change was made, for a person. */
export function timeOf({ time }: Pick<HistoryRecord, 'time'>): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Nobody knows who it was that saved a file without Berth. */
export const BY_HAND = 'by hand';

/** Who made a change, in a sentence. */
export function makerOf({ by }: Pick<HistoryRecord, 'by'>): string {
  return by === BY_HAND ? by : `by ${by}`;
}

const SUFFIX = '.json';
/** A record that is written ahead of its files, until all of them stand. */
const PENDING = '.pending.json';

/** Names sort as the numbers do. */
export function recordName(number: number, isPending = false): string {
  return `${String(number).padStart(8, '0')}${isPending ? PENDING : SUFFIX}`;
}

export interface RecordName {
  readonly name: string;
  readonly number: number;
  readonly isPending: boolean;
}

/** The records among the names of a folder, oldest first. */
export function recordNames(names: readonly string[]): RecordName[] {
  return names
    .filter((name) => /^\d{8,}(\.pending)?\.json$/.test(name))
    .map((name) => ({
      name,
      number: Number.parseInt(name, 10),
      isPending: name.endsWith(PENDING),
    }))
    .toSorted((a, b) => a.number - b.number);
}

/** @param path is for the message where the text is not a record */
export function parseRecord(path: string, text: string): HistoryRecord {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Problem(
    'config_invalid',
    `${path} is damaged: it is not a record of the history. What needs it fails until it is moved away: mv ${path} ${path}.damaged\nWhat is older than it cannot be restored any more.`,
  );
}

/** Only our own programs write records, and whole: this tells a damaged one, not a hostile one. */
function isRecord(value: unknown): value is HistoryRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'number' in value &&
    typeof value.number === 'number' &&
    'revision' in value &&
    'files' in value &&
    Array.isArray(value.files)
  );
}
