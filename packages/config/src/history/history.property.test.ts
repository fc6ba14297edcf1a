import { test } from 'vitest';
import { checkHistory } from './testing/history-property.ts';

test('the records lead back through every version that was in force, byte for byte', async () => {
  await checkHistory(40);
});
