import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { truncateFiles } from './truncations.ts';

test('files that are cut off are rejected, and the old configuration stays', async () => {
  await truncateFiles(await testArena(), { people: 20, truncations: 150 });
});
