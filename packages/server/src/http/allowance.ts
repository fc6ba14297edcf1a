/** So many a minute for each key, and no more than that at once. Keys that have not asked are not kept. */
export interface Allowance {
  /**
   * Takes one for the key. Returns how many milliseconds it has to wait instead where it has none left;
   * then nothing is taken.
   */
  take(key: string): number;
}

const MINUTE_MS = 60_000;

/** Of one allowance; an entry takes about 100 bytes. */
const MOST_KEYS = 50_000;

/** Of a full table so many go at once, so that looking through it is rarely needed. */
const ROOM = 0.1;

/**
 * The generic cell rate algorithm (ITU-T I.371): all there is to keep of a key is the moment when it has
 * its whole allowance again. Past that moment it is as if it had never asked, and may be forgotten.
 *
 * The table is bounded. Who floods it with keys pushes out those that are nearest to that moment, which
 * are the flood’s own: a key that has asked once has all of it back after a single interval.
 *
 * @param options.perMinute is asked each time: a reload may change it
 * @param options.now milliseconds that never go backwards
 */
export function createAllowance(options: {
  readonly perMinute: () => number;
  readonly now: () => number;
  readonly mostKeys?: number;
}): Allowance {
  const { perMinute, now, mostKeys = MOST_KEYS } = options;
  const wholeAgain = new Map<string, number>();

  const makeRoom = (time: number): void => {
    for (const [key, moment] of wholeAgain) if (moment <= time) wholeAgain.delete(key);
    if (wholeAgain.size < mostKeys) return;
    const nearest = [...wholeAgain].toSorted(([, a], [, b]) => a - b);
    for (const [key] of nearest.slice(0, Math.ceil(mostKeys * ROOM))) wholeAgain.delete(key);
  };

  return {
    take: (key) => {
      const time = now();
      const interval = MINUTE_MS / perMinute();
      const known = wholeAgain.get(key);
      const next = Math.max(known ?? time, time) + interval;
      const wait = next - time - MINUTE_MS;
      // A rounding error is not worth a refusal.
      if (wait > 1e-6) return wait;
      if (known === undefined && wholeAgain.size >= mostKeys) makeRoom(time);
      wholeAgain.set(key, next);
      return 0;
    },
  };
}
