/** How much one list item is like another. */
export const LIKENESS = { none: 0, partly: 1, same: 3 } as const;
export type Likeness = (typeof LIKENESS)[keyof typeof LIKENESS];

/** Lists that differ in more than 1,000 items each are rare enough to be replaced. */
const MAX_COMPARISONS = 1_000_000;

/**
 * Which items of the old list stand for which of the new one, as pairs of indices in rising order:
 * those pairs that have the most likeness together.
 */
export function align<T>(
  before: readonly T[],
  after: readonly T[],
  likenessOf: (before: T, after: T) => Likeness,
): [before: number, after: number][] {
  const like = (i: number, j: number): Likeness => {
    const [old, young] = [before[i], after[j]];
    return old === undefined || young === undefined ? LIKENESS.none : likenessOf(old, young);
  };
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && like(head, head) === LIKENESS.same) head += 1;
  let tail = 0;
  const isSameFromEnd = (): boolean =>
    like(before.length - 1 - tail, after.length - 1 - tail) === LIKENESS.same;
  while (tail < shorter - head && isSameFromEnd()) tail += 1;

  const pairs: [number, number][] = [];
  for (let i = 0; i < head; i += 1) pairs.push([i, i]);
  pairs.push(...alignMiddle(head, before.length - tail, after.length - tail, like));
  for (let left = tail; left > 0; left -= 1)
    pairs.push([before.length - left, after.length - left]);
  return pairs;
}

function alignMiddle(
  head: number,
  beforeEnd: number,
  afterEnd: number,
  like: (i: number, j: number) => Likeness,
): [number, number][] {
  const width = afterEnd - head + 1;
  const size = (beforeEnd - head + 1) * width;
  if (size > MAX_COMPARISONS) return [];
  // best[…] is the most likeness that the items from (i, j) on can have.
  const best = new Uint32Array(size);
  const at = (i: number, j: number): number => (i - head) * width + (j - head);
  const bestAt = (i: number, j: number): number => best[at(i, j)] ?? 0;
  const paired = (i: number, j: number): number => {
    const likeness = like(i, j);
    return likeness === LIKENESS.none ? -1 : likeness + bestAt(i + 1, j + 1);
  };
  for (let i = beforeEnd - 1; i >= head; i -= 1) {
    for (let j = afterEnd - 1; j >= head; j -= 1) {
      best[at(i, j)] = Math.max(bestAt(i + 1, j), bestAt(i, j + 1), paired(i, j));
    }
  }

  const pairs: [number, number][] = [];
  for (let i = head, j = head; i < beforeEnd && j < afterEnd;) {
    if (paired(i, j) === bestAt(i, j)) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (bestAt(i + 1, j) === bestAt(i, j)) i += 1;
    else j += 1;
  }
  return pairs;
}
