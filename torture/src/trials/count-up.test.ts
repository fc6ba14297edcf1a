import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { countUpTogether } from './count-up.ts';

test('edits of several processes all count', async () => {
  await countUpTogether(await testArena(), { editors: 4, edits: 25 });
});

test.each(['in place', 'rename', 'backup'] as const)(
  'an editor that saves old copies (%s) loses nothing, and nothing of its own',
  async (hand) => {
    await countUpTogether(await testArena(), { editors: 2, edits: 25, hand });
  },
);
