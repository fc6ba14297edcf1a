/** What several measurements of the same thing come to. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Throws where nothing was measured. */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  const [min, max] = [sorted.at(0), sorted.at(-1)];
  if (lower === undefined || upper === undefined || min === undefined || max === undefined) {
    throw new Error('There is no median of nothing.');
  }
  return { median: (lower + upper) / 2, min, max };
}

/** A stretch of time, both ends from the same clock. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** How long at least one of the intervals lasted: where several overlap, that time counts once. */
export function timeCovered(intervals: readonly Interval[]): number {
  let covered = 0;
  let until = -Infinity;
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered;
}
