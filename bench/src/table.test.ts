import { expect, test } from 'vitest';
import { tableOf, verdictOn, type Row } from './table.ts';

const START: Row = {
  what: '`berth start`',
  unit: 'ms',
  measured: [300, 250, 260],
  baseline: { what: '`docker run -d`', measured: [200, 190, 300] },
  target: { atMost: 1.3 },
};

test('a row tells median, extremes, ratio, target and verdict', () => {
  const [, , line] = tableOf([START]).split('\n');
  expect(line).toBe(
    '| `berth start` | 260 ms (250–300) | 200 ms (190–300): `docker run -d` | 1.30  | ≤ 1.3  | reached |',
  );
});

test('a row without a baseline has its target in its own unit', () => {
  const table = tableOf([
    { what: 'memory', unit: 'MB', measured: [91.26], target: { atMost: 90 } },
  ]);
  expect(table.split('\n').at(-1)).toBe(
    '| memory | 91.3 MB (91.3–91.3) | –        | –     | ≤ 90 MB | missed  |',
  );
});

test('a target can be for the median also beside a baseline', () => {
  const row: Row = { ...START, target: { atMost: 250, on: 'median' } };
  expect(tableOf([row])).toContain('| 1.30  | ≤ 250 ms | missed  |');
  expect(verdictOn({ ...row, target: { atMost: 260, on: 'median' } })).toBe('reached');
});

test('a small ratio does not read as nothing', () => {
  const baseline = { what: 'x', measured: [50_000] };
  expect(tableOf([{ ...START, baseline }])).toContain('| 0.0052 |');
});

test('large figures are grouped, as people read them', () => {
  const table = tableOf([{ what: 'x', unit: 'requests/s', measured: [24_774.4] }]);
  expect(table).toContain('24,774 requests/s (24,774–24,774)');
});

test('all lines of a table are equally wide', () => {
  const lines = tableOf([START, { what: 'x', unit: 'MB', measured: [1] }]).split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

test.for<[string, Row, string]>([
  ['a ratio that is too high', { ...START, target: { atMost: 1.29 } }, 'missed'],
  ['a ratio that is high enough', { ...START, target: { atLeast: 1.3 } }, 'reached'],
  ['a ratio that is too low', { ...START, target: { atLeast: 1.31 } }, 'missed'],
  ['nothing to reach', { what: 'x', unit: 'ms', measured: [1] }, 'no target'],
])('judges %s', ([, row, verdict]) => {
  expect(verdictOn(row)).toBe(verdict);
});
