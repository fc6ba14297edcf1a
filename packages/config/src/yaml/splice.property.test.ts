import { test } from 'vitest';
import { checkSplices } from './testing/splice-property.ts';

test('random changes in random texts read back, and leave everything else as it was', () => {
  checkSplices(500);
});
