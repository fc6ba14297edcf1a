import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { untilWhole } from './half-written.ts';

const CUT_OFF = new Problem('config_invalid', 'It is cut off.', {
  details: { cut_off: 'users.yaml' },
});
const MISSING = new Problem('config_invalid', 'It is missing.', {
  details: { missing: 'users.yaml' },
});
const WRONG = new Problem('config_invalid', 'It is wrong.');

/** Looks at a file that has these faults in turn, and none in the end. Returns how many looks it took. */
async function looksAt(...faults: readonly Error[]): Promise<number> {
  let looks = 0;
  await untilWhole(async () => {
    const fault = faults[looks];
    looks += 1;
    if (fault !== undefined) throw fault;
  });
  return looks;
}

test('a file that somebody is writing is looked at until it is whole', async () => {
  expect(await looksAt(MISSING, CUT_OFF, CUT_OFF)).toBe(4);
});

test('one that stays cut off is told of', async () => {
  const faults = Array.from({ length: 50 }, () => CUT_OFF);
  await expect(looksAt(...faults)).rejects.toBe(CUT_OFF);
});

test('what no time mends is told of at once', async () => {
  await expect(looksAt(WRONG)).rejects.toBe(WRONG);
});
