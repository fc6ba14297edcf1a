import { PROBLEM_STATUS, Problem, type ProblemCode } from '@berth/contract';
import { expect, test } from 'vitest';
import { createOutput } from './output.ts';
import { report } from './report.ts';

function reported(error: unknown, isVerbose = false): { code: number; text: string } {
  let text = '';
  const stream = {
    write: (written: string) => {
      text += written;
    },
  };
  const output = createOutput({ stdout: stream, stderr: stream, env: {} });
  return { code: report(error, output, isVerbose), text };
}

test('has one exit code for each kind of problem', () => {
  const codes = Object.keys(PROBLEM_STATUS) as ProblemCode[];
  const { 1: others, ...named } = Object.groupBy(
    codes,
    (code) => reported(new Problem(code, '')).code,
  );
  expect(named).toEqual({
    2: ['usage'],
    3: ['unauthorized', 'forbidden', 'enrolment_closed', 'not_logged_in'],
    4: ['server_stopping', 'server_unreachable'],
    5: ['engine_unavailable', 'engine_timeout'],
    130: ['cancelled'],
  });
  expect(others).toContain('internal');
});

test('keeps a bug short, and shows where it was when asked', () => {
  const bug = new TypeError(`x is not a function ${'x'.repeat(1000)}\nmore`);
  const { code, text } = reported(bug);
  expect(code).toBe(1);
  expect(text).toMatch(/^berth: Unexpected error: x is not a function x+\nThis is a bug in berth/);
  expect(text.length).toBeLessThan(400);
  expect(reported(bug, true).text).toMatch(/^ {4}at /m);
  expect(reported('thrown text').text).toContain('Unexpected error: thrown text');
});
