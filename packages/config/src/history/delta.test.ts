import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentOf, type Content } from '../store/content.ts';
import { accidents, afterAccident } from '../testing/accidents.ts';
import { afterEdit, joined, peopleTexts, tidyEdits } from '../yaml/testing/people-text.ts';
import { applyDelta, deltaOf, inverse } from './delta.ts';

const users = (text: string): Content => contentOf('users.yaml', Buffer.from(text));
const bytesOf = (content: Content | undefined): Buffer => Buffer.concat(content?.pieces() ?? []);

test('one changed entry among many is one splice, of that entry', () => {
  const before = users('users:\n  a: {x: 1}\n  b: {x: 1}\n  c: {x: 1}\n...\n');
  const after = users('users:\n  a: {x: 1}\n  b: {x: ü}\n  c: {x: 1}\n...\n');
  expect(deltaOf(before, after)).toEqual([
    { at: 19, removed: '  b: {x: 1}\n', inserted: '  b: {x: ü}\n', entry: 'b' },
  ]);
});

test('an entry that comes, one that goes and one that moves are told by their keys', () => {
  const before = users('users:\n  a: {}\n  b: {}\n  c: {}\n...\n');
  const keysTo = (text: string): (string | undefined)[] =>
    deltaOf(before, users(text)).map(({ entry }) => entry);
  expect(keysTo('users:\n  a: {}\n  x: {}\n  b: {}\n  c: {}\n...\n')).toEqual(['x']);
  expect(keysTo('users:\n  b: {}\n  c: {}\n...\n')).toEqual(['a']);
  expect(keysTo('users:\n  b: {}\n  c: {}\n  a: {}\n...\n')).toEqual(['a', 'a']);
});

test('what is no entry is told without a key', () => {
  const before = users('users:\n  a: {}\n...\n');
  const after = users('# head\nusers:\n  a: {}\nversion: 1\n...\n');
  expect(deltaOf(before, after).map(({ entry }) => entry)).toEqual([undefined, undefined]);
});

test('does not apply to other bytes than it was made for', () => {
  const splices = deltaOf(users('users:\n  a: {}\n...\n'), users('users:\n  b: {}\n...\n'));
  for (const other of ['users:\n  x: {}\n...\n', 'users:\n', '']) {
    expect(() => applyDelta(Buffer.from(other), splices)).toThrow(
      'not the bytes that were changed',
    );
  }
});

test('leads to the other version, and its inverse back, whatever the two are', () => {
  const file = fc.constantFrom('users.yaml', 'containers.yaml', 'main.yaml', 'users/x.yaml');
  const steps = fc.array(fc.tuple(tidyEdits, fc.option(accidents)), { minLength: 1, maxLength: 4 });
  const isThere = fc
    .tuple(fc.nat(5), fc.nat(5))
    .map((chances) => chances.map((chance) => chance > 0));
  fc.assert(
    fc.property(file, peopleTexts, steps, isThere, (name, text, edits, [isOld, isNew]) => {
      let [fresh, people] = [joined(text), text];
      for (const [edit, accident] of edits) {
        people = afterEdit(people, edit);
        fresh = accident === null ? joined(people) : afterAccident(joined(people), accident);
      }
      fc.pre(isUtf8(fresh));
      const before = isOld === true ? contentOf(name, joined(text)) : undefined;
      const after = isNew === true ? contentOf(name, fresh, before) : undefined;
      const splices = deltaOf(before, after);
      expect(applyDelta(bytesOf(before), splices)).toEqual(bytesOf(after));
      expect(applyDelta(bytesOf(after), inverse(splices))).toEqual(bytesOf(before));
      expect(deltaOf(after, after)).toEqual([]);
      expect(JSON.parse(JSON.stringify(splices))).toEqual(splices);
    }),
    { numRuns: 1000 },
  );
});
