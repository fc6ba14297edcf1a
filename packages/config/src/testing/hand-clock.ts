import type { Later } from '../later.ts';

/** Time that passes only when a test says so. */
export interface HandClock {
  readonly later: Later;
  /** How much is still to be done. */
  waiting(): number;
  pass(ms: number): void;
}

export function handClock(): HandClock {
  const waiting = new Map<object, { readonly due: number; readonly work: () => void }>();
  let now = 0;
  return {
    later: (work, ms) => {
      const one = {};
      waiting.set(one, { due: now + ms, work });
      return () => {
        waiting.delete(one);
      };
    },
    waiting: () => waiting.size,
    pass: (ms) => {
      now += ms;
      for (const [one, { due, work }] of waiting) {
        // What was to be done before may have called it off.
        if (due <= now && waiting.delete(one)) work();
      }
    },
  };
}
