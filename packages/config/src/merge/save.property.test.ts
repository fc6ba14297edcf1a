import { expect, test } from 'vitest';
import { checkSaves } from './testing/save-property.ts';

test('a save by hand of the newest version stands, and one of an older version takes nothing back', async () => {
  expect(await checkSaves(40)).toBeGreaterThan(20);
});
