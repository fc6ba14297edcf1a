import { expect, test } from 'vitest';
import { finished, insert, remove, replace, type Draft } from './draft.ts';

const draft = (): Draft => ({
  text: 'one two three',
  lineEnd: '\n',
  step: 2,
  afresh: undefined,
  edits: [],
});

test('edits are done where the text was, in whatever order they were noted down', () => {
  const changes = draft();
  replace(changes, 8, 13, '3');
  insert(changes, 4, 'a ');
  insert(changes, 4, 'b ');
  remove(changes, 4, 8);
  expect(finished(changes)).toBe('one a b 3');
});

test('edits that are at odds with each other come to nothing', () => {
  const changes = draft();
  remove(changes, 0, 8);
  insert(changes, 4, 'a ');
  expect(finished(changes)).toBeUndefined();
});
