import { expect, test } from 'vitest';
import { age, duration } from './age.ts';

test.each([
  ['2026-11-23T10:00:03Z', 'just now'],
  ['2026-11-23T09:59:58Z', 'just now'],
  ['2026-11-23T09:59:20Z', '40 s ago'],
  ['2026-11-23T09:58:59Z', '1 min ago'],
  ['2026-11-23T07:00:01Z', '2 h ago'],
  ['2026-11-20T09:00:00Z', '3 d ago'],
])('%s was %s', (then, text) => {
  expect(age(then, new Date('2026-11-23T10:00:00Z'))).toBe(text);
});

test.each([
  [3.4, '3 ms'],
  [1234, '1.2 s'],
  [125_900, '2 min 5 s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
