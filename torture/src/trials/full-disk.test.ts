import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { fillDisk } from './full-disk.ts';

test.each(['room', 'files'] as const)(
  'a disk without %s refuses an edit, and nothing is lost',
  async (scarcity) => {
    await fillDisk(await testArena(), { people: 20, scarcity });
  },
);
