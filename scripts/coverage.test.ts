import { describe, expect, test } from 'vitest';
import { isTypesOnly, judgeCoverage } from './coverage.ts';

const of = (lines: number | 'Unknown', branches: number | 'Unknown') => ({
  lines: { pct: lines },
  branches: { pct: branches },
});

describe('judging coverage', () => {
  test('accepts a whole that reaches the floor, and names its files below it, the worst first', () => {
    const summary = {
      total: of(90, 90.25),
      '/repo/packages/a/src/fine.ts': of(100, 90),
      '/repo/packages/a/src/poor.ts': of(95, 89.9),
      '/repo/packages/a/src/none.ts': of(0, 0),
    };
    expect(judgeCoverage(summary, '/repo')).toEqual({
      ok: true,
      poor: [
        'packages/a/src/none.ts: 0.0 % of lines, 0.0 % of branches',
        'packages/a/src/poor.ts: 95.0 % of lines, 89.9 % of branches',
      ],
      total: '90.0 % of lines, 90.3 % of branches',
    });
  });

  test.for([of(89.99, 100), of(100, 89.99)])('refuses a whole below the floor: %j', (total) => {
    expect(judgeCoverage({ total }, '/repo')).toMatchObject({ ok: false });
  });

  test('finds nothing missing where there is nothing to cover', () => {
    const summary = { total: of('Unknown', 100), '/repo/packages/a/src/a.ts': of('Unknown', 100) };
    expect(judgeCoverage(summary, '/repo')).toMatchObject({ ok: true, poor: [] });
  });
});

describe('a module of types only', () => {
  test('is recognised', () => {
    const source = `
      import type { A } from './a.ts';
      /** What it is. */
      export interface B { a: A }
      export type C = B | undefined;
      export type * from './d.ts';
    `;
    expect(isTypesOnly(source)).toBe(true);
  });

  test.for(['export type A = 1;\nexport const a: A = 1;', `export * from './a.ts';`])(
    'is not one that runs anything: %s',
    (source) => {
      expect(isTypesOnly(source)).toBe(false);
    },
  );
});
