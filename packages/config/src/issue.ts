import { Problem } from '@berth/contract';

/** One thing wrong with one file. Lines and columns count from 1. */
export interface Issue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The line it stands in, unless that could hold a secret. */
  readonly excerpt: string | undefined;
}

/** Lines that hold a hash or a secret are never shown. */
const SECRET = /hash|secret|password|token|\$pbkdf2|\$2b\$|sha256:/i;

/** As many are looked for and shown: to find the place of one takes a walk through its file. */
export const MOST_ISSUES = 20;

export function issueAt(file: string, text: string, offset: number, message: string): Issue {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', start);
  const content = text.slice(start, end === -1 ? undefined : end);
  return {
    file,
    line,
    column: offset - start + 1,
    message,
    excerpt: SECRET.test(content) || content.length > 200 ? undefined : content,
  };
}

/** `users.yaml:14:5: message`, with the line and a mark under the place. */
export function formatIssue(issue: Issue): string {
  const head = `${issue.file}:${issue.line}:${issue.column}: ${issue.message}`;
  if (issue.excerpt === undefined || issue.excerpt.trim() === '') return head;
  const gutter = String(issue.line);
  const mark = ' '.repeat(gutter.length + issue.column + 2);
  return `${head}\n  ${gutter} | ${printable(issue.excerpt)}\n  ${mark}^`;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it replaces
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

/** The first issues as one `config_invalid`, for a person to read and (in `details`) for a program. */
export function configInvalid(issues: readonly Issue[]): Problem {
  const shown = issues.slice(0, MOST_ISSUES);
  return new Problem(
    'config_invalid',
    `The configuration has ${countOf(issues)}:\n${shown.map(formatIssue).join('\n')}`,
    {
      details: {
        issues: shown.map(({ file, line, column, message }) => ({ file, line, column, message })),
      },
    },
  );
}

function countOf({ length }: readonly Issue[]): string {
  if (length > MOST_ISSUES) {
    return `more than ${MOST_ISSUES} errors. The first of them`;
  }
  return length === 1 ? '1 error' : `${length} errors`;
}
