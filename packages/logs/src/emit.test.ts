import * as fc from 'fast-check';
import { load, loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { emit, type Plain } from './emit.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  fc.array(fc.string(), { maxLength: 8 }).map((lines) => lines.join('\n')),
  fc.array(fc.string({ minLength: 20 }), { maxLength: 8 }).map((lines) => lines.join('\n    ')),
  fc.constantFrom(
    'x\n---\nseverity: fake',
    '...',
    '---',
    '- a',
    'a: b',
    '#',
    '~',
    'null',
    'yes',
    '0x1',
    '1e3',
    '.inf',
    '2026-11-23',
    '2026-11-23T10:00:00.000Z',
    '<<',
    '=',
    '!!js',
    '&a',
    '*a',
    '|-',
    '\ud800',
    '\u0085',
    '\u2028',
    '\ufeff',
    '__proto__',
    ' leading',
    'trailing ',
    'a\n',
    '\na',
    '\t',
  ),
);
const { value } = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));
const entry = fc.dictionary(text, value, { maxKeys: 6 });

/** Without prototypes, and with lone surrogates as a text of JSON has them. */
const same = (one: unknown): unknown => JSON.parse(JSON.stringify(one));

test('another reader of YAML gets exactly what was written, whatever it is', () => {
  fc.assert(
    fc.property(entry, (one) => {
      expect(same(load(emit(one)) ?? {})).toEqual(same(one));
    }),
    { numRuns: 3000 },
  );
});

test('an entry is one document, and has no character that a terminal acts on', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
      const written = entries.map(emit).join('');
      expect(loadAll(written)).toHaveLength(entries.length);
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
    { numRuns: 1000 },
  );
});

test('people can read it', () => {
  const stack =
    'Error: no\n    at a (file.ts:1:2)\n    at b (node:internal/process/task_queues:104:5)';
  expect(
    emit({
      time: '2026-11-23T10:00:00.000Z',
      severity: 'warn',
      path: '/containers/x',
      problem: [
        { name: 'Problem', message: 'No engine' },
        { name: 'Error', stack },
      ],
      none: null,
      tags: [],
    }),
  ).toBe(`---
time: "2026-11-23T10:00:00.000Z"
severity: warn
path: /containers/x
problem:
  - name: Problem
    message: "No engine"
  - name: Error
    stack: |-
      Error: no
          at a (file.ts:1:2)
          at b (node:internal/process/task_queues:104:5)
none: null
tags: []
...
`);
});
