import { load } from 'js-yaml';
import { isAtLeast, SEVERITIES, type Severity } from './log.ts';

/** An entry of a log: what it says, and as it stands in the file. */
export interface LogEntry {
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly severity: Severity;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Which entries are wanted; all that is given must hold. */
export interface LogFilter {
  readonly level?: Severity | undefined;
  /** Milliseconds since 1970; both are included. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly event?: string | undefined;
  readonly requestId?: string | undefined;
  /** Anywhere in the entry as it stands, in upper or lower case. */
  readonly contains?: string | undefined;
}

const HEAD = /^---\ntime: "([^"\n]+)"\nseverity: ([a-z]+)\nevent: ([^\n]+)\n(?:[^]*\n)?\.\.\.\n$/;

type Head = Pick<LogEntry, 'time' | 'severity' | 'event'>;

/**
 * The entry of this text, `unwanted`, or `damaged` where it is none: torn by a power cut, or written over.
 * What its first lines say that nobody wants is not read any further.
 */
export function readEntry(text: string, filter: LogFilter): LogEntry | 'unwanted' | 'damaged' {
  const head = readHead(text, filter);
  if (typeof head === 'string') return head;
  const fields = fieldsOf(text);
  if (fields === undefined) return 'damaged';
  const { requestId } = filter;
  if (requestId !== undefined && fields['request_id'] !== requestId) return 'unwanted';
  return { ...head, fields, text };
}

/** As far as it takes no parsing, which costs a hundred times as much. */
export function readHead(text: string, filter: LogFilter): Head | 'unwanted' | 'damaged' {
  const [, time = '', severity = '', event = ''] = HEAD.exec(text) ?? [];
  if (!isSeverity(severity)) return 'damaged';
  const moment = Date.parse(time);
  if (Number.isNaN(moment)) return 'damaged';
  const { level, since = -Infinity, until = Infinity, contains, requestId } = filter;
  if (level !== undefined && !isAtLeast(severity, level)) return 'unwanted';
  if (moment < since || moment > until) return 'unwanted';
  if (filter.event !== undefined && event !== filter.event) return 'unwanted';
  if (requestId !== undefined && !text.includes(requestId)) return 'unwanted';
  if (contains !== undefined && !text.toLowerCase().includes(contains.toLowerCase())) {
    return 'unwanted';
  }
  return { time, severity, event };
}

const isSeverity = (text: string): text is Severity =>
  (SEVERITIES as readonly string[]).includes(text);

function fieldsOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = load(text);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const END = '\n...\n';
const BEGIN = '---\n';

/** Cuts what is read of a log, piece by piece, into texts of entries; each ends in its `...`. */
export interface Splitter {
  /** Those that the piece completes. */
  push(text: string): string[];
  /** What is left and will not go on: something torn. */
  end(): string[];
}

export function createSplitter(): Splitter {
  let rest = '';
  return {
    push: (text) => {
      const parts = `${rest}${text}`.split(END);
      rest = parts.pop() ?? '';
      return parts.flatMap((part) => fromLastBegin(`${part}${END}`));
    },
    end: () => {
      const last = rest;
      rest = '';
      return last.trim() === '' ? [] : [last];
    },
  };
}

/** Something torn has no end, and stands before an entry that has one. */
function fromLastBegin(text: string): string[] {
  const begin = text.lastIndexOf(`\n${BEGIN}`) + 1;
  return begin === 0 ? [text] : [text.slice(0, begin), text.slice(begin)];
}
