import { test } from 'vitest';
import { testArena } from '../testing/arena.ts';
import { fillDisk } from './full-disk.ts';

/** Their file takes three pages: one that fits in a page is written whole or not at all. */
const PEOPLE = 60;

test.each(['room', 'files'] as const)(
  'a disk without %s refuses an edit, and nothing is lost',
  async (scarcity) => {
    await fillDisk(await testArena(), { people: PEOPLE, scarcity });
  },
);
