import {
  constructFromEvents,
  CORE_SCHEMA,
  EVENT_ID,
  getScalarValue,
  parseEvents,
  YAMLException,
  type Event,
} from 'js-yaml';
import { issueAt, MOST_ISSUES, type Issue } from './issue.ts';
import { restrictions, certainRestrictions } from './yaml/restrictions.ts';

/** Larger files are refused before they are parsed: 100,000 users take 50 MB. */
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_DEPTH = 20;

/** Keys and indices from the root of a document to a place in it. */
export type Path = readonly (string | number)[];

export interface ParsedYaml {
  readonly value: unknown;
  /**
   * Offset in the text of what stands at the path; where a part of it is missing, of the last thing
   * that is there. `key` asks for the key instead of its value.
   */
  locate(path: Path, want?: 'key' | 'value'): number;
}

export interface Extent {
  /** How many levels the text stands in, where it is only a part of its file. */
  readonly outside?: number;
  /** Whether it is not a file of ours, and so needs no `...`. */
  readonly isPart?: boolean;
  /** How many issues are enough. */
  readonly most?: number;
}

/**
 * Parses one YAML document of the restricted kind our files are written in: no anchors, aliases, tags or
 * long keys, no tabs outside comments, no lone CR, and a final `...` line, without which a truncated file
 * would load as a shorter one. Returns issues where the text is anything else. A document with nothing
 * in it is null.
 */
export function parseYaml(
  file: string,
  text: string,
  { outside = 0, isPart = false, most = MOST_ISSUES }: Extent = {},
): ParsedYaml | Issue[] {
  if (text.length > MAX_BYTES) {
    return [issueAt(file, text, 0, `larger than ${MAX_BYTES / 1024 / 1024} MB`)];
  }
  try {
    const events = parseEvents(text, { filename: file, maxDepth: MAX_DEPTH - outside });
    const issues = [
      ...restrictions(file, text, events, most),
      ...endIssues(file, text, events, isPart),
    ];
    if (issues.length > 0) return issues;
    const [value = null] = constructFromEvents(events, {
      source: text,
      schema: CORE_SCHEMA,
      maxAliases: 0,
    });
    return { value, locate: (path, want = 'value') => locate(text, events, path, want) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark?.position ?? 0;
    const certain = certainRestrictions(file, text, at, most);
    if (certain.length > 0) return certain;
    const isTooDeep = error.reason.startsWith('nesting exceeded');
    const message = isTooDeep
      ? `is deeper than ${MAX_DEPTH} levels`
      : `not valid YAML: ${error.reason}`;
    return [issueAt(file, text, at, message)];
  }
}

/** Whether the document is one, and whole. */
function endIssues(file: string, text: string, events: readonly Event[], isPart: boolean): Issue[] {
  const [first, second] = events.filter((event) => event.type === EVENT_ID.DOCUMENT);
  if (second !== undefined) {
    const content = events[events.indexOf(second) + 1];
    return [secondDocument(file, text, second.explicitStart, content ? startOf(content) : -1)];
  }
  const isEnded = first?.explicitEnd ?? /^\.\.\.(?!\S)/m.test(text);
  if (isPart || isEnded) return [];
  const what = text.trim() === '' ? 'the file is empty; the last line' : 'the last line';
  return [
    issueAt(
      file,
      text,
      text.length,
      `${what} must be "..."; without it a file that was cut off could not be told from a whole one`,
    ),
  ];
}

/** @param start where what is in it begins; negative where nothing is */
function secondDocument(file: string, text: string, isMarked: boolean, start: number): Issue {
  if (!isMarked) {
    const message =
      'stands behind the line "...", which is the last of the file: write it before that line';
    return issueAt(file, text, start, message);
  }
  const mark = text.lastIndexOf('\n---', start < 0 ? text.length : start) + 1;
  return issueAt(file, text, mark, 'a second YAML document begins here, and a file is one');
}

function locate(text: string, events: readonly Event[], path: Path, want: 'key' | 'value'): number {
  let index = 1;
  let found = 0;
  for (const [depth, part] of path.entries()) {
    const container = events[index];
    if (container?.type !== EVENT_ID.MAPPING && container?.type !== EVENT_ID.SEQUENCE) break;
    const isMapping = container.type === EVENT_ID.MAPPING;
    let child = index + 1;
    let position = 0;
    let keyOffset = -1;
    for (; ; position += 1) {
      const event = events[child];
      if (event === undefined || event.type === EVENT_ID.POP) return found;
      if (isMapping) {
        const matches =
          event.type === EVENT_ID.SCALAR && getScalarValue(text, event) === String(part);
        keyOffset = startOf(event);
        child = skip(events, child);
        if (matches) break;
      } else if (position === part) break;
      child = skip(events, child);
    }
    const value = events[child];
    if (value === undefined) return found;
    const isLast = depth === path.length - 1;
    const own = isMapping && isLast && want === 'key' ? keyOffset : startOf(value);
    // An empty value has no offset of its own, and an empty item no key: its list has one.
    found = [own, keyOffset].find((offset) => offset >= 0) ?? found;
    index = child;
  }
  return found;
}

function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      // A quoted scalar's value starts behind its quote.
      return event.style === 1 ? event.valueStart : event.valueStart - 1;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return 0;
  }
}

/** Index of what follows the node at `index`. */
function skip(events: readonly Event[], index: number): number {
  let depth = 0;
  let at = index;
  do {
    const event = events[at];
    if (event === undefined) return at;
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) depth += 1;
    if (event.type === EVENT_ID.POP) depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}
