import { expect, test } from 'vitest';
import { formatBytes, parseBytes, parseDuration } from './units.ts';

test.each([
  ['1b', 1],
  ['512m', 536_870_912],
  ['8g', 8_589_934_592],
  ['2t', 2_199_023_255_552],
])('%s is %i bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
])('%s is %i milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test('refuses an amount without a unit, which the schema would not let through', () => {
  expect(() => parseBytes('512')).toThrow(RangeError);
});

test.each([
  [0, '0b'],
  [512, '512b'],
  [1024, '1k'],
  [1_610_612_736, '1.5g'],
  [8_589_934_592, '8g'],
])('%i bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
