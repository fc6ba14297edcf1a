import { expect, test } from 'vitest';
import { parseYaml } from './yaml.ts';

/** What a text says, or what is wrong with it, as `line:column: message`. */
function read(text: string, isPart = false): unknown {
  const parsed = parseYaml('users.yaml', text, { isPart });
  if (!Array.isArray(parsed)) return parsed.value;
  return parsed.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

const TABS =
  'tabs are not allowed here: editors show them differently; use spaces, and in a text in double quotes write \\t';

test.each([
  ['behind a key', 'a:\t1\n...\n', ['1:3']],
  ['in several places', 'a:\n  b: \t\t1 # \t\n  c: \t2\n...\n', ['2:6', '3:6']],
  ['behind a value', 'a: 1\t\n...\n', ['1:5']],
  ['before a comment', 'a: 1\t# one\n...\n', ['1:5']],
  ['as indentation', 'a:\n\tb: 1\n...\n', ['2:1']],
  ['as indentation, where the parser fails', 'a:\n\t- b\n...\n', ['2:1']],
  ['before what the parser fails at', 'a:\t1\nb: ]\n...\n', ['1:3']],
  ['in a plain text', 'a: b\tc\n...\n', ['1:5']],
  ['behind a # that begins no comment', 'a: b#\tc\n...\n', ['1:6']],
  ['in double quotes', 'a: "b #\tc"\n...\n', ['1:8']],
  ['in single quotes', "a: 'b #\tc'\n...\n", ['1:8']],
  ['in double quotes of several lines', 'a: "b\n  # \tc"\n...\n', ['2:5']],
  ['in a text in lines', 'a: |-\n  # b\tc\n  d\n...\n', ['2:6']],
  ['in a blank line', 'a: 1\n\t\n...\n', ['2:1']],
  ['in a key', '"a\tb": 1\n...\n', ['1:3']],
  ['in braces', 'a: {b: 1,\tc: 2}\n...\n', ['1:10']],
  ['behind the last line', 'a: 1\n...\t\n', ['2:4']],
])('a tab %s is refused where it stands', (_, text, places) => {
  expect(read(text)).toEqual(places.map((place) => `${place}: ${TABS}`));
});

test('comments may have tabs and question marks', () => {
  const text = '#\twhy?\na: 1 #\tb\tc ? d\n# "\t\nb: >- # \t\n  what? is\n# \t\n...\n#\tend\n';
  expect(read(text)).toEqual({ a: 1, b: 'what? is' });
});

test.each([
  ['behind a value', 'username: bob\r    disabled: true\n...\n', '1:14'],
  ['in a comment', '# why\rdisabled: true\n...\n', '1:6'],
  ['in quotes', 'a: "b\r c"\n...\n', '1:6'],
  ['of a file that has no other line ends', 'a: 1\r...\r', '1:5'],
  ['in the last line', 'a: 1\n...\r', '2:4'],
  ['before what the parser fails at', 'a: 1\rb: ]\n...\n', '1:5'],
])('a CR without LF %s is refused', (_, text, place) => {
  const [issue] = read(text) as string[];
  expect(issue).toMatch(
    new RegExp(`^${place}: a CR without LF is not allowed here: .*write \\\\r$`),
  );
});

test('lines may end with CRLF', () => {
  expect(read('a: 1\r\n# b\r\nc: |\r\n  d\r\n\r\n...\r\n')).toEqual({ a: 1, c: 'd\n' });
});

test('a tab and a CR can be written', () => {
  expect(read('a: "b\\tc\\r"\n...\n')).toEqual({ a: 'b\tc\r' });
});

test.each([
  ['? password_hash\n: swordfish\n...\n', '1:1'],
  ['a:\n  - ? b\n    : c\n...\n', '2:5'],
  ['a: {? b : c}\n...\n', '1:5'],
  ['? |\n  b\n: c\n...\n', '1:1'],
])('the key of %j is refused, whose value could not be told from a secret', (text, place) => {
  expect(read(text)).toEqual([
    `${place}: keys of the long form (? key) are not allowed here: write key: value`,
  ]);
});

test('what is too deep is told without a word of the parser’s', () => {
  expect(read(`${'['.repeat(20_000)}\n...\n`)).toEqual(['1:20: is deeper than 20 levels']);
});

test('question marks in texts are fine', () => {
  expect(read('a?: {?b: "? c", d: e?f}\n...\n')).toEqual({ 'a?': { '?b': '? c', d: 'e?f' } });
});

test('a document with nothing in it is nothing, and not one that was cut off', () => {
  expect(read('...\n')).toBeNull();
  expect(read('# nobody\n...\n')).toBeNull();
  expect(read('---\n...\n')).toBeNull();
  expect(read('')).toEqual([
    expect.stringMatching(/^1:1: the file is empty; the last line must be "\.\.\."/),
  ]);
});

const BEHIND =
  'stands behind the line "...", which is the last of the file: write it before that line';

test.each([
  ['as deep as it was meant to be', 'a:\n  b: 1\n...\n  c: 2\n', '4:3'],
  ['and ended again', 'a: 1\n...\nb: 2\n...\n', '3:1'],
  ['below a comment', 'a: 1\n... # end\n# more\n\nb: 2\n', '5:1'],
  ['that is an item', 'a: 1\n...\n- b\n', '3:1'],
  ['that is a text', 'a: 1\n...\n"b"\n', '3:1'],
])('what stands behind the last line %s is told where it begins', (_, text, place) => {
  expect(read(text)).toEqual([`${place}: ${BEHIND}`]);
});

test.each([
  ['behind the first', 'a: 1\n---\nb: 2\n...\n', '2:1'],
  ['behind its end', 'a: 1\n...\n---\n# more\nb: 2\n...\n', '3:1'],
  ['on the line of the mark', '--- a\n--- b\n...\n', '2:1'],
  ['below a text that looks like a mark', 'a: |\n  ---\n---\nb: 2\n...\n', '3:1'],
  ['with nothing in it', 'a: 1\n---\n...\n', '2:1'],
])('a second document %s is told where it begins', (_, text, place) => {
  expect(read(text)).toEqual([`${place}: a second YAML document begins here, and a file is one`]);
});

test('what is no file of ours needs no last line, and may have it', () => {
  expect(read('a: 1', true)).toEqual({ a: 1 });
  expect(read('a: 1\n...\n', true)).toEqual({ a: 1 });
  expect(read('', true)).toBeNull();
  expect(read('a: [b', true)).toEqual([expect.stringMatching(/^1:6: not valid YAML/)]);
  expect(read('a: 1\n...\nb: 2\n', true)).toEqual([`3:1: ${BEHIND}`]);
});
