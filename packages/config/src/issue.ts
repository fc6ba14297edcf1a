import { Problem } from '@berth/contract';
import { createRedaction, isSecretLine, lineAt, lineStart } from './redact.ts';

/** One thing wrong with one file. Lines and columns count from 1. */
export interface Issue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The line it stands in, unless that could hold a secret. */
  readonly excerpt: string | undefined;
}

/** As many are looked for and shown unless more are asked for: the place of each is worked out. */
export const MOST_ISSUES = 20;

/** Longer lines are not shown: the place in them would be hard to see. */
const MOST_COLUMNS = 200;

/** The parser's reasons can end in a quote from the file. The place says as much, and no secret. */
const QUOTE = /^(not valid YAML: [^"]*?)(?:: !| !<| ").*$/s;

export function issueAt(file: string, text: string, offset: number, message: string): Issue {
  const start = lineStart(text, offset);
  const content = lineAt(text, start);
  const redacted = createRedaction(text, offset);
  const isShown = content.length <= MOST_COLUMNS && !isSecretLine(text, start);
  return {
    file,
    line: lineNumber(text, start),
    column: offset - start + 1,
    message: redacted(printable(message.replace(QUOTE, '$1')), () => '[hidden]'),
    excerpt: isShown ? redacted(printable(content), (run) => '*'.repeat(run.length)) : undefined,
  };
}

function lineNumber(text: string, start: number): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < start; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

/** `users.yaml:14:5: message`, with the line and a mark under the place. */
export function formatIssue(issue: Issue): string {
  const head = `${issue.file}:${issue.line}:${issue.column}: ${issue.message}`;
  if (issue.excerpt === undefined || issue.excerpt.trim() === '') return head;
  const gutter = String(issue.line);
  const mark = ' '.repeat(gutter.length + issue.column + 2);
  return `${head}\n  ${gutter} | ${issue.excerpt}\n  ${mark}^`;
}

/** Without what would move a terminal's cursor or turn its text around. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, ' ');

/**
 * The first issues as one `config_invalid`, for a person to read, file by file from top to bottom, and
 * (in `details`) for a program.
 *
 * @param cutOff the files whose last line is not there
 */
export function configInvalid(
  issues: readonly Issue[],
  cutOff: readonly string[] = [],
  most = MOST_ISSUES,
): Problem {
  const files = [...new Set(issues.map(({ file }) => file))];
  const shown = issues
    .slice(0, most)
    .toSorted(
      (a, b) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  return new Problem(
    'config_invalid',
    `The configuration has ${countOf(issues, most)}:\n${shown.map(formatIssue).join('\n')}`,
    {
      details: {
        issues: shown.map(({ file, line, column, message }) => ({ file, line, column, message })),
        // How many there are nobody has looked for.
        ...(issues.length > most && { more_issues: true }),
        ...(cutOff.length > 0 && { cut_off: cutOff }),
      },
    },
  );
}

function countOf({ length }: readonly Issue[], most: number): string {
  if (length > most) {
    return `more than ${most} errors. The first of them`;
  }
  return length === 1 ? '1 error' : `${length} errors`;
}
