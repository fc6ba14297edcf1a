import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { accidents, afterAccident } from '../../testing/accidents.ts';
import { cutEntries } from '../cut.ts';
import { bytesOf, textOf, type Cut } from '../entries.ts';
import { afterEdit, joined, peopleTexts, tidyEdits } from './people-text.ts';

/**
 * Edits random files again and again, and throws, with the seed, where a cut that goes by the cut before
 * is not the one that is made afresh, or its parts are not the file.
 */
export function checkCuts(runs: number, seed?: number): void {
  const edits = fc.array(fc.tuple(tidyEdits, fc.option(accidents, { freq: 2 })), {
    minLength: 1,
    maxLength: 5,
  });
  const section = fc.constantFrom('users', 'users', 'users', undefined);
  const property = fc.property(peopleTexts, section, edits, (start, of, steps) => {
    let text = start;
    let previous = cutEntries(joined(text), of);
    for (const [tidy, accident] of steps) {
      text = afterEdit(text, tidy);
      const bytes = accident === null ? joined(text) : afterAccident(joined(text), accident);
      const afresh = cutEntries(bytes, of);
      const again = cutEntries(bytes, of, previous);
      same(shown(again), shown(afresh), bytes);
      if (again !== undefined) same(whole(again), bytes.toString('latin1'), bytes);
      previous = again;
    }
  });
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

function whole({ head, entries, tail }: Cut): string {
  return Buffer.concat([head, ...entries.map(bytesOf), tail]).toString('latin1');
}

function shown(cut: Cut | undefined): unknown {
  if (cut === undefined) return 'no cut';
  return {
    head: cut.head.toString(),
    entries: cut.entries.map((entry) => [entry.key, textOf(entry)]),
    digests: cut.digests.toString('hex'),
    tail: cut.tail.toString(),
  };
}

function same(actual: unknown, expected: unknown, bytes: Buffer): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(
    `${JSON.stringify(actual)}\n, not\n${JSON.stringify(expected)}\n, of\n${JSON.stringify(bytes.toString())}`,
  );
}
