import { onTestFinished } from 'vitest';
import { openArena, type Arena } from '../arena.ts';

/** An arena that is gone when the test is. */
export async function testArena(): Promise<Arena> {
  const arena = await openArena(new AbortController().signal);
  onTestFinished(() => arena[Symbol.asyncDispose]());
  return arena;
}
