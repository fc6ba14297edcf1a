import { Problem, type ProblemCode } from '@berth/contract';
import type { Output } from './output.ts';
import { styled } from './text.ts';

const FAILED = 1;
/** Of a message that nobody wrote for a user, in characters. */
const MAX_HEADLINE = 200;

const EXIT_CODES: Partial<Record<ProblemCode, number>> = {
  usage: 2,
  unauthorized: 3,
  forbidden: 3,
  not_logged_in: 3,
  enrolment_closed: 3,
  server_unreachable: 4,
  server_stopping: 4,
  engine_unavailable: 5,
  engine_timeout: 5,
  // As a shell reports a program that Ctrl-C ended.
  cancelled: 130,
};

/** Tells the user of a failure: a headline, then what to do. Returns the exit code. */
export function report(error: unknown, output: Output, isVerbose: boolean): number {
  if (!(error instanceof Problem)) return reportBug(error, output, isVerbose);
  const [headline = '', ...rest] = error.message.split('\n');
  output.tell([styled('red', 'berth:'), ` ${headline}`]);
  for (const line of rest) output.tell(line);
  if (isVerbose) {
    const { request_id: request, ...details } = error.details;
    output.tell(styled('dim', `code: ${error.code}`));
    if (Object.keys(details).length > 0) {
      output.tell(styled('dim', `details: ${JSON.stringify(details)}`));
    }
    if (typeof request === 'string') output.tell(styled('dim', `request: ${request}`));
    if (error.cause instanceof Error) output.tell(styled('dim', `cause: ${error.cause.message}`));
  }
  return EXIT_CODES[error.code] ?? FAILED;
}

function reportBug(error: unknown, output: Output, isVerbose: boolean): number {
  const message = error instanceof Error ? error.message : String(error);
  const [headline = ''] = message.split('\n');
  output.tell([styled('red', 'berth:'), ` Unexpected error: ${headline.slice(0, MAX_HEADLINE)}`]);
  output.tell(
    isVerbose
      ? 'This is a bug in berth: please report it with the lines below.'
      : 'This is a bug in berth. With -v it says more.',
  );
  if (isVerbose && error instanceof Error) {
    for (const line of (error.stack ?? '').split('\n')) output.tell(line);
  }
  return FAILED;
}
