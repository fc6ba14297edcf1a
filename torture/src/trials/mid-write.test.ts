import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { killMidWrite } from './mid-write.ts';

test('killed while it edits, a process leaves the old file or the new one, and nothing else', async () => {
  await killMidWrite(await testArena(), { kills: 8, people: 200 });
});
