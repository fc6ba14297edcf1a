import { EVENT_ID, type Event } from 'js-yaml';
import { issueAt, type Issue } from '../issue.ts';

const TAB =
  'tabs are not allowed here: editors show them differently; use spaces, and in a text in double quotes write \\t';
const RETURN =
  'a CR without LF is not allowed here: many editors do not show that it ends the line; end lines with LF or CRLF, and in a text in double quotes write \\r';
const LONG_KEY = 'keys of the long form (? key) are not allowed here: write key: value';

/** What the format of our files leaves out of YAML, and this text has. */
export function restrictions(
  file: string,
  text: string,
  events: readonly Event[],
  most: number,
): Issue[] {
  return [...markedNodes(file, text, events, most), ...signs(file, text, events, most)];
}

/** The same of a text that does not parse, as far as it goes without: up to the parser's place. */
export function certainRestrictions(
  file: string,
  text: string,
  until: number,
  most: number,
): Issue[] {
  // In a comment a tab may stand, and without a parse any "#" could begin one.
  const certain = /(?<![^\r\n])[^#\t\r\n]*\t|\r(?!\n)/g;
  const end = text.indexOf('\n', until);
  const read = end === -1 ? text : text.slice(0, end + 1);
  return [...read.matchAll(certain).take(most + 1)].map(({ 0: found, index }) =>
    issueAt(file, text, index + found.length - 1, found === '\r' ? RETURN : TAB),
  );
}

/** Nodes that have an anchor or a tag, or are aliases. */
function markedNodes(file: string, text: string, events: readonly Event[], most: number): Issue[] {
  const issues: Issue[] = [];
  // Nearly every text, and every one of 100,000 entries, has none of the signs.
  if (!/[&*!]/.test(text)) return issues;
  for (const event of events) {
    if (issues.length > most) break;
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

/**
 * Tabs outside comments, long keys, and lines that end with CR alone, also in comments: there one hides
 * that what follows counts.
 */
function signs(file: string, text: string, events: readonly Event[], most: number): Issue[] {
  const issues: Issue[] = [];
  const sign = /\t+|\?|\r(?!\n)/g;
  let next = 0;
  let scalarEnd = 0;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    if (issues.length > most) break;
    const [found] = match;
    const at = match.index;
    if (found === '\r') {
      issues.push(issueAt(file, text, at, RETURN));
      continue;
    }
    for (; next < events.length; next += 1) {
      const event = events[next];
      if (event?.type !== EVENT_ID.SCALAR || event.valueStart < 0) continue;
      if (event.valueStart > at) break;
      scalarEnd = event.valueEnd;
    }
    const isInScalar = at < scalarEnd;
    if (isInScalar && found === '?') continue;
    if (!isInScalar && isComment(text, scalarEnd, at)) {
      // The rest of its line is the comment too, but for what a CR ends.
      sign.lastIndex = commentEnd(text, at);
      continue;
    }
    issues.push(issueAt(file, text, at, found === '?' ? LONG_KEY : TAB));
  }
  return issues;
}

/** Whether a place behind a scalar, and in none, is in a comment. */
function isComment(text: string, scalarEnd: number, at: number): boolean {
  const lineStart = text.lastIndexOf('\n', at) + 1;
  return text.slice(Math.max(lineStart, scalarEnd), at).includes('#');
}

function commentEnd(text: string, at: number): number {
  const rest = /[\r\n]|$/g;
  rest.lastIndex = at;
  return rest.exec(text)?.index ?? text.length;
}
