import type { Uuid } from '@berth/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRing, type Publication } from './ring.ts';

const LIFE = 'abcdefabcdef';
const NOW = (): Date => new Date('2026-11-24T10:00:00Z');
const bounds = { events: 3, bytes: 10_000 };

const about = (template: string): Publication => ({
  event: { kind: 'template_added', template },
  audience: { right: 'admin' },
});

const ring = (most = bounds) => createRing({ life: LIFE, now: NOW, most });

test('an event has a number, its time, and its frame, ready to send', () => {
  const house = ring();
  house.add(about('lab'));
  expect(house.newest()).toBe(1);
  expect(house.get(1)?.frame.toString()).toBe(
    `id: ${LIFE}-1\ndata: {"kind":"template_added","at":"2026-11-24T10:00:00.000Z","template":"lab"}\n\n`,
  );
});

test('the oldest go when there are too many', () => {
  const house = ring();
  for (const name of ['a', 'b', 'c', 'd']) house.add(about(name));
  expect([1, 2, 3, 4, 5].map((number) => house.get(number) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

test('the oldest go when they are too large; the newest stays however large it is', () => {
  const house = ring({ events: 100, bytes: 1000 });
  const users = new Set(Array.from({ length: 1000 }, () => crypto.randomUUID() as Uuid));
  house.add(about('a'));
  house.add(about('b'));
  expect(house.get(1)).toBeDefined();
  house.add({ event: { kind: 'config_changed' }, audience: { users } });
  expect([1, 2, 3].map((number) => house.get(number) !== undefined)).toEqual([false, false, true]);
});

test('behind which event to go on is told by the id', () => {
  const house = ring();
  expect(house.after(`${LIFE}-0`)).toBe(0);
  for (const name of ['a', 'b', 'c', 'd', 'e']) house.add(about(name));
  expect(house.after(`${LIFE}-2`)).toBe(2);
  expect(house.after(`${LIFE}-5`)).toBe(5);
  expect(house.after(house.idOf(4))).toBe(4);
});

test.each([
  ['of which something is lost', `${LIFE}-1`],
  ['of another life', 'abcdefabcdee-3'],
  ['that was never given out', `${LIFE}-6`],
  ['that is none', 'x'],
  ['beside the form', `${LIFE}-3 `],
  ['with more digits than a number has', `${LIFE}-${'9'.repeat(30)}`],
])('an id %s is not gone on from', (_what, id) => {
  const house = ring();
  for (const name of ['a', 'b', 'c', 'd', 'e']) house.add(about(name));
  expect(house.after(id)).toBeUndefined();
});

test('what it holds is bounded, and in a row up to the newest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 })), (sizes) => {
      const house = ring({ events: 5, bytes: 800 });
      let bytes = 0;
      for (const [index, size] of sizes.entries()) {
        house.add(about('a'.repeat(size)));
        const held = sizes
          .keys()
          .filter((n) => house.get(n + 1) !== undefined)
          .toArray();
        expect(held.at(-1)).toBe(index);
        expect(held).toEqual(held.map((_, n) => (held[0] ?? 0) + n));
        expect(held.length).toBeLessThanOrEqual(5);
        bytes = held.reduce((sum, n) => sum + (house.get(n + 1)?.frame.length ?? 0), 0);
        expect(bytes).toBeLessThanOrEqual(800);
      }
    }),
  );
});
