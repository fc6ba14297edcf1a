import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { editAtRandom } from './edits.ts';

test('random edits change nothing but their entries', async () => {
  await editAtRandom(await testArena(), { people: 10, edits: 150 });
});
