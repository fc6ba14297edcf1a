import type { PageQuery } from '@berth/contract';

const USUAL_LIMIT = 100;

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** On all pages. */
  readonly total: number;
  /** What the next page is asked for with; null behind the last one. */
  readonly next: string | null;
}

/**
 * A page of a list that is in the order of its keys, which are all different. The place to go on from is
 * a key, not a number: what comes and goes meanwhile makes nothing else come twice, or be missed.
 */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  { limit = USUAL_LIMIT, after }: PageQuery,
): Page<T> {
  const start = after === undefined ? 0 : firstBehind(sorted, keyOf, keyFrom(after));
  const items = sorted.slice(start, start + limit);
  const last = items.at(-1);
  const isLastPage = last === undefined || start + limit >= sorted.length;
  return { items, total: sorted.length, next: isLastPage ? null : placeOf(keyOf(last)) };
}

/** Opaque, so that nobody relies on what is in it, and it needs no escaping in an address. */
const placeOf = (key: string): string => Buffer.from(key).toString('base64url');
const keyFrom = (place: string): string => Buffer.from(place, 'base64url').toString();

/** By bisection: index of the first item with a greater key. */
function firstBehind<T>(sorted: readonly T[], keyOf: (item: T) => string, key: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(sorted[middle] as T) <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
