import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { Timestamp } from './users-file.ts';

const isMoment = (text: string): boolean => Check(Timestamp, text);

test('every day of the calendar is one, and no other', () => {
  const numbers = (most: number): string[] =>
    Array.from({ length: most + 1 }, (_, n) => String(n).padStart(2, '0'));
  const days = ['1900', '2000', '2023', '2024', '2100'].flatMap((year) =>
    numbers(13).flatMap((month) => numbers(32).map((day) => `${year}-${month}-${day}`)),
  );
  const wrong = days.filter((day) => {
    const date = new Date(`${day}T00:00:00Z`);
    // A day too many is taken for one of the next month.
    const isDay = !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(day);
    return isMoment(`${day}T00:00:00Z`) !== isDay;
  });
  expect(wrong).toEqual([]);
});

test.each([
  ['2026-11-23T10:00:00Z', true],
  ['2026-11-23T23:59:59.999Z', true],
  ['2026-11-23T24:00:00Z', false],
  ['2026-11-23T23:60:00Z', false],
  ['2026-11-23T23:59:60Z', false],
  ['2026-02-30T00:00:00Z', false],
  ['2026-11-23', false],
  ['2026-11-23T10:00:00', false],
  ['2026-11-23T10:00:00+01:00', false],
])('%s: %j', (text, expected) => {
  expect(isMoment(text)).toBe(expected);
});
