import { describe, expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { checkFaults } from './testing/fault-trials.ts';

describe.each([
  'several files, which only go together',
  'one entry, where a hand has changed the file',
] as const)('an edit of %s', (scenario) => {
  test('came about or did not, as it told, whichever operation of the disk fails', async () => {
    const count = await checkFaults(scenario, { code: 'EIO', isLasting: false });
    expect(count).toBeGreaterThan(30);
  });

  test('came about or did not, after a process that died at any operation', async () => {
    const count = await checkFaults(scenario, { code: 'ENOSPC', isLasting: true });
    expect(count).toBeGreaterThan(30);
  });
});

test('the same holds on a file system that cannot exchange files', async () => {
  const scenario = 'several files, which only go together';
  const fault = { code: 'EACCES', isLasting: true };
  expect(
    await checkFaults(
      scenario,
      fault,
      createDisk(() => false),
    ),
  ).toBeGreaterThan(30);
});
