import type { Problem } from '@berth/contract';

/**
 * Runs tasks, at most `atOnce` at a time; `waiting` more wait, and go in the order they came. For the
 * next, `refusal` is thrown at once.
 */
export function createSlots(options: {
  readonly atOnce: number;
  readonly waiting: number;
  readonly refusal: () => Problem;
}): <T>(task: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let taken = 0;
  return async (task) => {
    if (taken < options.atOnce) {
      taken += 1;
    } else {
      if (queue.length >= options.waiting) throw options.refusal();
      await new Promise<void>((resolve) => {
        queue.push(resolve);
      });
    }
    try {
      return await task();
    } finally {
      // A slot goes from hand to hand: freed first, a newcomer could take it from who waits.
      const next = queue.shift();
      if (next === undefined) taken -= 1;
      else next();
    }
  };
}
