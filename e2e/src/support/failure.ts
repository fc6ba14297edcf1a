import type { Ended } from '@berth/testbed/program';
import { expect } from 'vitest';

/** What failed says so in a headline and what to do, without a trace of our code. */
export function expectFailure(ended: Ended, code: number, says: RegExp): void {
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
  expect(ended.stderr).toMatch(says);
  expect(ended.stdout + ended.stderr).not.toMatch(
    /\bat .*\.ts:\d+|node:internal|undefined|should not have happened/,
  );
}
