import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAllowance, type Allowance } from './allowance.ts';

function house(perMinute: number, mostKeys?: number) {
  const clock = { time: 0, perMinute };
  const allowance = createAllowance({
    perMinute: () => clock.perMinute,
    now: () => clock.time,
    ...(mostKeys !== undefined && { mostKeys }),
  });
  return { clock, allowance };
}

const takeMany = (allowance: Allowance, key: string, many: number): number =>
  Array.from({ length: many }, () => allowance.take(key)).filter((wait) => wait === 0).length;

test('a minute’s worth at once, then one for each interval; and it says how long to wait', () => {
  const { clock, allowance } = house(60);
  expect(takeMany(allowance, 'a', 100)).toBe(60);
  expect(allowance.take('a')).toBe(1000);
  clock.time = 400;
  expect(allowance.take('a')).toBe(600);
  clock.time = 1000;
  expect(takeMany(allowance, 'a', 3)).toBe(1);
  clock.time = 11_000;
  expect(takeMany(allowance, 'a', 100)).toBe(10);
});

test('each key has its own', () => {
  const { allowance } = house(5);
  expect(takeMany(allowance, 'a', 9)).toBe(5);
  expect(takeMany(allowance, 'b', 9)).toBe(5);
});

test('whoever has waited a minute has all of it again, and no more', () => {
  const { clock, allowance } = house(60);
  takeMany(allowance, 'a', 60);
  clock.time = 60_000;
  expect(takeMany(allowance, 'a', 100)).toBe(60);
  clock.time = 10 * 60_000;
  expect(takeMany(allowance, 'a', 100)).toBe(60);
});

test('another rate is in force at once', () => {
  const { clock, allowance } = house(60);
  takeMany(allowance, 'a', 60);
  clock.perMinute = 120;
  clock.time = 1000;
  expect(takeMany(allowance, 'a', 9)).toBe(2);
});

test('over any time nobody gets more than what they had and what has come since', () => {
  const calls = fc.array(fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 30 })), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), calls, (perMinute, steps) => {
      const { clock, allowance } = house(perMinute);
      let taken = 0;
      for (const [passed, many] of steps) {
        clock.time += passed;
        taken += takeMany(allowance, 'a', many);
        expect(taken).toBeLessThanOrEqual(perMinute + (clock.time * perMinute) / 60_000 + 1e-6);
      }
    }),
  );
});

test('a flood of keys takes no more room, and sets nobody free who has used theirs up', () => {
  const { clock, allowance } = house(60, 1000);
  expect(takeMany(allowance, 'attacker', 60)).toBe(60);
  for (let n = 0; n < 100_000; n += 1) {
    // Two thousand a second, from as many addresses.
    clock.time += 0.005;
    allowance.take(`flood ${n}`);
  }
  expect(clock.time).toBeLessThan(1000);
  expect(allowance.take('attacker')).toBeGreaterThan(0);
});
