import { expect, test } from 'vitest';
import { table } from './table.ts';
import { render, styled } from './text.ts';

test('makes each column as wide as its widest cell, and ends no line in spaces', () => {
  const lines = table(
    ['NAME', 'S', 'X'],
    [
      ['a', styled('green', 'running'), ''],
      ['long-name', '-', 'y'],
    ],
  );
  expect(lines.map((line) => render(line, false).trimEnd())).toEqual([
    'NAME       S        X',
    'a          running',
    'long-name  -        y',
  ]);
});
