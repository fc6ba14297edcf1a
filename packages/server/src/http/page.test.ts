import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from './page.ts';

const keyOf = (key: string): string => key;

/** All items, page after page; between two pages `change` may do something to the list. */
function walk(
  list: readonly string[],
  limit: number,
  change = (items: readonly string[]): readonly string[] => items,
): string[] {
  const found: string[] = [];
  let items = list;
  let after: string | undefined;
  for (;;) {
    const page = pageOf(items, keyOf, { limit, ...(after !== undefined && { after }) });
    found.push(...page.items);
    if (page.next === null) return found;
    after = page.next;
    items = change(items);
  }
}

const sortedKeys = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 60 })
  .map((keys) => keys.toSorted((a, b) => (a < b ? -1 : 1)));

test('the pages of a list are the list', () => {
  fc.assert(
    fc.property(sortedKeys, fc.integer({ min: 1, max: 70 }), (keys, limit) => {
      expect(walk(keys, limit)).toEqual(keys);
    }),
  );
});

test('what stays is seen once, whatever else goes meanwhile', () => {
  fc.assert(
    fc.property(sortedKeys, fc.integer({ min: 1, max: 9 }), fc.nat(), (keys, limit, victim) => {
      const gone = keys[victim % Math.max(1, keys.length)];
      const found = walk(keys, limit, (items) => items.filter((key) => key !== gone));
      expect(found.filter((key) => key !== gone)).toEqual(keys.filter((key) => key !== gone));
    }),
  );
});

test('a page says how many there are on all, and whether it is the last', () => {
  expect(pageOf(['a', 'b'], keyOf, { limit: 2 })).toEqual({
    items: ['a', 'b'],
    total: 2,
    next: null,
  });
  expect(pageOf(['a', 'b', 'c'], keyOf, { limit: 2 }).next).not.toBeNull();
  expect(pageOf([], keyOf, {})).toEqual({ items: [], total: 0, next: null });
});
