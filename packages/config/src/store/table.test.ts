import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyTable, type Table } from './table.ts';

const KEYS = 40;

const inOrder = (entries: Iterable<[number, number]>): [number, number][] =>
  [...entries].toSorted(([a], [b]) => a - b);

const zip = (keys: Iterable<number>, values: Iterable<number>): [number, number][] => {
  const left = [...values];
  return [...keys].map((key, index) => [key, left[index] ?? -1]);
};

function expectSame(table: Table<number, number>, map: ReadonlyMap<number, number>): void {
  expect(table.size).toBe(map.size);
  expect(inOrder(table)).toEqual(inOrder(map));
  expect(inOrder(zip(table.keys(), table.values()))).toEqual(inOrder(map));
  for (let key = 0; key < KEYS; key += 1) {
    expect(table.get(key)).toBe(map.get(key));
    expect(table.has(key)).toBe(map.has(key));
  }
}

test('a table is like a map, and like the map it was when it was made, however it goes on', () => {
  const change = fc.tuple(fc.nat(KEYS - 1), fc.option(fc.nat(99)));
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 20 }), { maxLength: 8 }), (rounds) => {
      const made: [Table<number, number>, ReadonlyMap<number, number>][] = [
        [emptyTable<number, number>(), new Map()],
      ];
      for (const round of rounds) {
        const [table, map] = made.at(-1) ?? [emptyTable<number, number>(), new Map()];
        const next = table.change();
        const nextMap = new Map(map);
        for (const [key, value] of round) {
          if (value === null) next.delete(key);
          else next.set(key, value);
          if (value === null) nextMap.delete(key);
          else nextMap.set(key, value);
          expect([next.get(key), next.has(key)]).toEqual([nextMap.get(key), nextMap.has(key)]);
        }
        made.push([next.done(), nextMap]);
      }
      for (const [table, map] of made) expectSame(table, map);
      for (const [one, oneMap] of made) {
        for (const [other, otherMap] of made) {
          const keys = Array.from({ length: KEYS }, (_, key) => key);
          const different = keys.filter((key) => oneMap.get(key) !== otherMap.get(key));
          expect([...one.changedSince(other)].toSorted((a, b) => a - b)).toEqual(different);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('more changes than are kept beside the map are taken into it', () => {
  const many = emptyTable<number, number>().change();
  for (let key = 0; key < 2000; key += 1) many.set(key, key);
  const table = many.done();
  const fewer = table.change();
  for (let key = 0; key < 2000; key += 1) if (key % 3 > 0) fewer.delete(key);
  const third = fewer.done();
  expect([table.size, third.size]).toEqual([2000, 667]);
  expect([...third.keys()].every((key) => key % 3 === 0)).toBe(true);
  expect([table.get(1), third.get(1), third.get(3)]).toEqual([1, undefined, 3]);
  expect([...third.changedSince(table)]).toHaveLength(1333);
  expect([...table.changedSince(third)]).toHaveLength(1333);
});
