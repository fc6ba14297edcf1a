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

/**
 * Parses one YAML document of the restricted kind our files are written in: no anchors, aliases,
 * tags or tabs, and a final `...` line, without which a truncated file would load as a shorter one.
 * Returns issues where the text is anything else.
 *
 * @param outside how many levels the text stands in, where it is only a part of its file
 */
export function parseYaml(file: string, text: string, outside = 0): ParsedYaml | Issue[] {
  if (text.length > MAX_BYTES) {
    return [issueAt(file, text, 0, `larger than ${MAX_BYTES / 1024 / 1024} MB`)];
  }
  try {
    const events = parseEvents(text, { filename: file, maxDepth: MAX_DEPTH - outside });
    const issues = restrictions(file, text, events);
    if (issues.length > 0) return issues;
    const [value] = constructFromEvents(events, {
      source: text,
      schema: CORE_SCHEMA,
      maxAliases: 0,
    });
    return { value, locate: (path, want = 'value') => locate(text, events, path, want) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return [issueAt(file, text, error.mark?.position ?? 0, `not valid YAML: ${error.reason}`)];
  }
}

function restrictions(file: string, text: string, events: readonly Event[]): Issue[] {
  const issues = markedNodes(file, text, events);
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT);
  const [document] = documents;
  if (documents.length > 1) {
    issues.push(issueAt(file, text, text.length, 'more than one YAML document'));
  } else if (document?.type !== EVENT_ID.DOCUMENT || !document.explicitEnd) {
    issues.push(
      issueAt(
        file,
        text,
        text.length,
        'the last line must be "..."; without it a file that was cut off could not be told from a whole one',
      ),
    );
  }
  return issues;
}

/** Nodes that have an anchor or a tag, or are aliases. */
function markedNodes(file: string, text: string, events: readonly Event[]): Issue[] {
  const issues: Issue[] = [];
  // Nearly every text, and every one of 100,000 entries, has none of the signs.
  if (!/[&*!]/.test(text)) return issues;
  for (const event of events) {
    if (issues.length > MOST_ISSUES) break;
    if (event.type === EVENT_ID.ALIAS) {
      issues.push(
        issueAt(file, text, event.anchorStart - 1, 'aliases (*name) are not allowed here'),
      );
    } else if ('anchorStart' in event && event.anchorStart >= 0) {
      issues.push(
        issueAt(file, text, event.anchorStart - 1, 'anchors (&name) are not allowed here'),
      );
    } else if ('tagStart' in event && event.tagStart >= 0) {
      issues.push(issueAt(file, text, event.tagStart, 'tags (!name) are not allowed here'));
    }
  }
  return issues;
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
