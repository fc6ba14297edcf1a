import { describe, expect, test } from 'vitest';
import { cutEntries } from './cut.ts';
import { textOf, type Cut } from './entries.ts';
import { checkCuts } from './testing/cut-property.ts';

const keysOf = (cut: Cut | undefined): string[] | undefined => cut?.entries.map(({ key }) => key);

const cutUsers = (text: string, previous?: Cut): Cut | undefined =>
  cutEntries(Buffer.from(text), 'users', previous);

test('an entry goes up to the next one, with the comments and blank lines between', () => {
  const cut = cutUsers(
    'version: 1\nusers:\n  # first\n  a: {x: y}\n\n  # b is next\n  b:\n    x: y\n# end\n...\n',
  );
  expect(cut?.head.toString()).toBe('version: 1\nusers:\n  # first\n');
  expect(cut?.entries.map(textOf)).toEqual([
    '  a: {x: y}\n\n  # b is next\n',
    '  b:\n    x: y\n# end\n',
  ]);
  expect(cut?.tail.toString()).toBe('...\n');
});

test('without a section the entries are the top-level keys', () => {
  const cut = cutEntries(
    Buffer.from('# head\nversion: 1\n\nadmin:\n  username: a\n...\n'),
    undefined,
  );
  expect(keysOf(cut)).toEqual(['version', 'admin']);
  expect(cut?.head.toString()).toBe('# head\n');
});

test('lines may end with CRLF', () => {
  const cut = cutUsers('users:\r\n  a: {x: y}\r\n\r\n  b:\r\n    x: y\r\n...\r\n');
  expect(cut?.entries.map(textOf)).toEqual(['  a: {x: y}\r\n\r\n', '  b:\r\n    x: y\r\n']);
  expect(cut?.tail.toString()).toBe('...\r\n');
});

test.each([
  ['nobody', 'users:\n...\n'],
  ['nobody, in one line', 'users: {}\n...\n'],
  ['no section', 'version: 1\n...\n'],
  ['a quoted key', 'users:\n  "a": {}\n...\n'],
  ['a key of the long form', 'users:\n  ? a\n  : {}\n...\n'],
  ['a list', 'users:\n  - a\n...\n'],
  ['a key twice', 'users:\n  a: {}\n  a: {}\n...\n'],
  ['keys of different depth', 'users:\n    a: {}\n  b: {}\n...\n'],
  ['a tab at the margin', 'users:\n  a: |\n\t\n...\n'],
  ['a line that ends with CR alone', 'users:\n  a: {}\r...\n'],
])('is left to the parser: a file with %s', (_, text) => {
  expect(cutUsers(text)).toBeUndefined();
});

describe('a cut that goes by the one before', () => {
  const BEFORE = 'users:\n  a: {}\n  b: {}\n...\n';

  test('uses again what is the same', () => {
    const before = cutUsers(BEFORE);
    const after = cutUsers('users:\n  a: {}\n  x: {}\n  b: {}\n...\n', before);
    expect(keysOf(after)).toEqual(['a', 'x', 'b']);
    expect(after?.entries[2]).toBe(before?.entries[1]);
  });

  test.each([
    ['everybody went', 'users:\n...\n'],
    ['the last line was joined with the end', 'users:\n  a: {}\n  b: {}...\n'],
    ['two entries were joined', 'users:\n  a: {}  b: {}\n...\n'],
    ['an entry is there twice', 'users:\n  a: {}\n  b: {}\n  b: {}\n...\n'],
    ['a line was put before the first', 'users:\n  # first\n  a: {}\n  b: {}\n...\n'],
  ])('is the one that is made afresh where %s', (_, text) => {
    expect(cutUsers(text, cutUsers(BEFORE))).toEqual(cutUsers(text));
  });

  test('is the one that is made afresh, whatever happens to a file', () => {
    checkCuts(1000);
  });
});
