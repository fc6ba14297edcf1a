import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { killEditors } from './kills.ts';

test('what was acknowledged survives kill -9, and the next edit gets the lock', async () => {
  await killEditors(await testArena(), { editors: 2, isEnough: (rounds) => rounds === 3 });
});
