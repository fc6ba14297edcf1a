import { expect, test } from 'vitest';
import { createValidators } from '../validate.ts';
import { contentOf } from './content.ts';
import { loadUsers, type LoadedUsers } from './loaded.ts';
import { checkLoads } from './testing/load-property.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const { users: validate } = createValidators();

function load(text: string, previous?: LoadedUsers): LoadedUsers | string[] {
  const loaded = loadUsers(contentOf('users.yaml', Buffer.from(text)), validate, previous);
  if (!Array.isArray(loaded)) return loaded;
  return loaded.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

function valid(text: string, previous?: LoadedUsers): LoadedUsers {
  const loaded = load(text, previous);
  if (Array.isArray(loaded)) throw new Error(loaded.join('\n'));
  return loaded;
}

test('only what is different from the version before is parsed', () => {
  const before = valid(`version: 1\nusers:\n  ${ALICE}: {username: alice}\n...\n`);
  const after = valid(
    `version: 1\nusers:\n  ${ALICE}: {username: alice}\n  ${BOB}: {username: bob}\n...\n`,
    before,
  );
  expect(after.changes).toEqual(new Map([[BOB, { username: 'bob' }]]));
  expect(after.isWhole).toBe(false);
});

test.each([
  ['a list', '- x\n', 'not valid YAML'],
  ['a line with nothing but a tab', `\t\n  ${BOB}: {username: bob}\n`, '4:1: tabs are not allowed'],
])('what goes on behind the entries counts: %s', (_, more, reason) => {
  const text = `version: 1\nusers:\n  ${ALICE}: {username: alice}\n${more}...\n`;
  expect(load(text)).toEqual([expect.stringContaining(reason)]);
});

test.each([
  ['a tab behind a key', '\tbob', '6:14: tabs are not allowed here'],
  ['a CR that hides a key', ' bob\r    disabled: true', '6:18: a CR without LF is not allowed'],
  ['a key of the long form', ' bob\n    ? disabled\n    : true', '7:5: keys of the long form'],
])('%s is told where it stands, in an entry of its own or in the whole file', (_, name, reason) => {
  const entry = `  ${BOB}:\n    username:${name}\n`;
  const text = `version: 1\nusers:\n  # the\tfirst\n  ${ALICE}: {username: alice}\n${entry}...\n`;
  const before = valid(text.replace(entry, ''));
  expect(before.cut).toBeDefined();
  const expected = [expect.stringContaining(reason)];
  expect(load(text)).toEqual(expected);
  expect(load(text, before)).toEqual(expected);
  expect(load(text.replace('\n', ' # whole\n').replace('users:', '"users":'))).toEqual(expected);
});

test('an entry nests as deep as it stands in its file', () => {
  const nested = (depth: number): string =>
    `version: 1\nusers:\n  ${ALICE}: ${'['.repeat(depth)}${']'.repeat(depth)}\n...\n`;
  expect(load(nested(18))).toEqual([expect.stringContaining('must be a mapping')]);
  expect(load(nested(19))).toEqual(['3:59: is deeper than 20 levels']);
});

test('an empty item, which has no place of its own, is told at its list', () => {
  const text = `version: 1\nusers:\n  ${ALICE}:\n    username: alice\n    containers:\n    -\n...\n`;
  expect(load(text)).toEqual([expect.stringMatching(/^6:5: is empty/)]);
});

test('a damaged file never says what the parse of the whole does not', () => {
  const { files, valid: good } = checkLoads(2000);
  expect(files).toBeGreaterThan(3000);
  expect(good).toBeGreaterThan(300);
});
