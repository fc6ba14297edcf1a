import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Problem, ProblemBody } from '@berth/contract';
import { SECURITY_HEADERS } from './security-headers.ts';

export function problemBody(problem: Problem, requestId: string): ProblemBody {
  return {
    code: problem.code,
    message: problem.message,
    details: problem.details,
    request_id: requestId,
  };
}

/** A whole answer as it goes over the wire, for who sent no request that could be answered otherwise. */
export function rawAnswer(problem: Problem, status = problem.status): string {
  const body = JSON.stringify(problemBody(problem, randomUUID()));
  const headers = {
    ...SECURITY_HEADERS,
    connection: 'close',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
