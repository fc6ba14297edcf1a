import { describe, expect, test } from 'vitest';
import { summarize, timeCovered } from './statistics.ts';

describe('the median', () => {
  test('of an odd number of samples is the one in the middle', () => {
    expect(summarize([30, 1, 2])).toEqual({ median: 2, min: 1, max: 30 });
  });

  test('of an even number lies between the two in the middle', () => {
    expect(summarize([4, 1, 100, 2])).toEqual({ median: 3, min: 1, max: 100 });
  });

  test('of numbers goes by their value, not by their text', () => {
    expect(summarize([10, 9, 100]).median).toBe(10);
  });

  test('of nothing is an error', () => {
    expect(() => summarize([])).toThrow('nothing');
  });
});

describe('the time covered by intervals', () => {
  test('is their sum where they are apart, in any order', () => {
    const apart = [
      { start: 10, end: 12 },
      { start: 0, end: 3 },
    ];
    expect(timeCovered(apart)).toBe(5);
  });

  test('counts once what overlaps', () => {
    const overlapping = [
      { start: 0, end: 5 },
      { start: 3, end: 8 },
    ];
    expect(timeCovered(overlapping)).toBe(8);
  });

  test('does not end with a short interval inside a long one', () => {
    const nested = [
      { start: 0, end: 10 },
      { start: 2, end: 3 },
      { start: 9, end: 11 },
    ];
    expect(timeCovered(nested)).toBe(11);
  });

  test('of none is nothing', () => {
    expect(timeCovered([])).toBe(0);
  });
});
