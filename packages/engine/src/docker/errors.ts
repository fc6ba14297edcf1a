import { Problem } from '@berth/contract';
import {
  brokenOffAt,
  notAnEngineAt,
  RULES,
  UNKNOWN,
  type Failure,
  type Question,
} from './error-rules.ts';

/** The Problem that the rules make of a failure; the cause itself where none knows it. */
export function explain(question: Question, failure: Failure, cause: unknown): unknown {
  for (const rule of RULES) {
    if (rule.on?.includes(question.operation) === false) continue;
    if (rule.code === undefined) {
      if (failure.status === undefined) continue;
      if (rule.status?.includes(failure.status) === false) continue;
    } else if (failure.code === undefined || !rule.code.test(failure.code)) continue;
    const match = (rule.says ?? /^/).exec(failure.reason);
    if (match === null) continue;
    const [code, message, details] = rule.problem({ ...question, reason: failure.reason, match });
    return new Problem(code, printable(message), { cause, ...(details && { details }) });
  }
  return cause;
}

/** What dockerode’s error, or that of the connection below it, says. */
export function translate(question: Question, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  if ('statusCode' in error && typeof error.statusCode === 'number') {
    return explain(question, { status: error.statusCode, reason: reasonOf(error) }, error);
  }
  if ('code' in error && typeof error.code === 'string') {
    return explain(question, { code: error.code, reason: error.message }, error);
  }
  return error;
}

/** The HTTP status that dockerode’s error carries. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

export function timedOut(host: string, afterMs: number): Problem {
  return new Problem(
    'engine_timeout',
    `The container engine at ${host} has said nothing for ${afterMs / 1000} s. What was asked may have been done all the same: look before you try again.`,
    { details: UNKNOWN },
  );
}

export function notAnEngine(host: string): Problem {
  return new Problem('engine_unavailable', notAnEngineAt(host));
}

/** A stream that ended where there was more to come. */
export function brokenOff(host: string): Problem {
  return new Problem('engine_unavailable', brokenOffAt(host));
}

/** The engine’s own words. dockerode’s `reason` is a guess; of a stream’s answer it keeps no body. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('json' in error && typeof error.json === 'object' && error.json !== null) {
    const { json } = error;
    if ('message' in json && typeof json.message === 'string') return json.message;
  }
  return error.message.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}

/** Text from a registry or an image must not move a terminal’s cursor. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
