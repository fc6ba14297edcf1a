import type { Uuid } from '@berth/contract';

/** The starts that are under way, by owner. */
export interface Starts {
  /** Runs a start. Its signal fires with the caller’s, and when the owner’s starts are given up. */
  run<T>(owner: Uuid, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Cancels what the owner is starting. Resolves when all of it is done or undone. */
  giveUp(owner: Uuid): Promise<void>;
}

export function createStarts(): Starts {
  const underWay = new Map<Uuid, Map<AbortController, Promise<unknown>>>();
  return {
    run: async (owner, signal, start) => {
      const own = new AbortController();
      const starts = underWay.get(owner) ?? new Map<AbortController, Promise<unknown>>();
      const done = start(AbortSignal.any([signal, own.signal]));
      underWay.set(owner, starts.set(own, done));
      try {
        return await done;
      } finally {
        starts.delete(own);
        if (starts.size === 0 && underWay.get(owner) === starts) underWay.delete(owner);
      }
    },
    giveUp: async (owner) => {
      const starts = [...(underWay.get(owner) ?? [])];
      for (const [start] of starts) start.abort();
      await Promise.allSettled(starts.map(([, done]) => done));
    },
  };
}
