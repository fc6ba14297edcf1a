import { expect, test } from 'vitest';
import { expiryFrom } from './expiry.ts';

const NOW = new Date('2026-11-23T10:00:00Z');

test.each([
  ['never', null],
  ['90d', '2027-02-21T10:00:00.000Z'],
  ['12h', '2026-11-23T22:00:00.000Z'],
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
  ['2027-01-31T18:30:00Z', '2027-01-31T18:30:00.000Z'],
  ['2027-01-31T18:30+01:00', '2027-01-31T17:30:00.000Z'],
])('%s is %s', (text, expires) => {
  expect(expiryFrom(text, NOW)).toBe(expires);
});

test.each([
  'tomorrow',
  '',
  '90',
  '90w',
  '2027-02-30',
  '2027-1-31',
  '2027-01-31T18:30',
  '999999999d',
  '-1d',
])('%j is no moment', (text) => {
  expect(() => expiryFrom(text, NOW)).toThrow(
    `${JSON.stringify(text)} is no moment: write a length of time such as 90d, a day such as 2027-01-31, a moment such as 2027-01-31T18:00:00Z, or never.`,
  );
});

test.each(['2026-11-23', '2026-11-23T10:00:00Z', '2000-01-01'])('%s is past', (text) => {
  expect(() => expiryFrom(text, NOW)).toThrow(
    /Z is past\. To end a client now use `berthd client revoke`\.$/,
  );
});
