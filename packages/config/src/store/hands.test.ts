import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { checkHands } from './testing/hand-trials.ts';

test.each([
  { way: 'renames', copy: 'old', what: 'another entry' },
  { way: 'renames', copy: 'fresh', what: 'the same entry' },
  { way: 'writes in place', copy: 'old', what: 'a comment of all' },
  { way: 'writes in place', copy: 'old', what: 'the same entry' },
  { way: 'writes in two steps', copy: 'old', what: 'another entry' },
  { way: 'writes late', copy: 'old', what: 'another entry' },
] as const)(
  'an edit and what a hand saves are both kept, at any moment: it $way, changes $what, of its $copy copy',
  async (hand) => {
    expect(await checkHands(hand)).toBeGreaterThan(30);
  },
);

test('the same holds on a file system that cannot exchange files', async () => {
  const disk = createDisk(() => false);
  const hand = { way: 'renames', copy: 'old', what: 'another entry' } as const;
  expect(await checkHands(hand, disk)).toBeGreaterThan(30);
});
