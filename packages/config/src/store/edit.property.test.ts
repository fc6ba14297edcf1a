import { expect, test } from 'vitest';
import { checkEdits } from './testing/edit-property.ts';

test('random edits do what they say, and leave every byte outside their entry', async () => {
  expect(await checkEdits(60)).toBeGreaterThan(150);
});
