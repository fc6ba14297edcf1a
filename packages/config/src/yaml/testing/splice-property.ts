import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { CORE_SCHEMA, load } from 'js-yaml';
import type { Json } from '../json.ts';
import { spliceYaml } from '../splice.ts';
import { handMapping, meaningOf } from './hand.ts';
import { linesThatStay, mustStay } from './keeping.ts';
import { writePage, type Setting } from './page.ts';
import { intents, resolved } from './random-changes.ts';

const setting: fc.Arbitrary<Setting> = fc
  .record({
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    hasLastLineEnd: fc.constantFrom(true, true, false),
    place: fc.constantFrom(
      { column: 0, before: '# head\n\n# more\n', after: '# end\n...\n' },
      { column: 0, before: '---\n', after: '\n' },
      { column: 0, before: '\uFEFF# head\n', after: '...\n' },
      { column: 2, before: '', after: '\n  # of the next entry\n' },
      { column: 4, before: '\n', after: '' },
    ),
  })
  .map(({ place, ...rest }) => ({ ...place, ...rest }));

const root = handMapping
  .map((hand) => ({ ...hand, form: 'block' as const }))
  .filter(({ items }) => items.length > 0);

/**
 * Makes random changes in random texts as hands write them, and throws, with the seed, where a
 * result is not what it has to be.
 */
export function checkSplices(runs: number, seed?: number): void {
  const property = fc.property(root, setting, intents, (hand, place, wanted) => {
    const before = meaningOf(hand);
    const page = writePage(hand, place);
    const { changes, after } = resolved(before, wanted);
    same(read(page.text), before, 'the text does not say what was meant', page.text);

    const spliced = spliceYaml(page.text, changes);
    const story = `${page.text}\n=> ${JSON.stringify(changes)} =>\n${spliced}`;
    same(read(spliced), after, 'the result reads back as something else', story);

    const { head, tail } = linesThatStay(page, changes, before, after);
    const lines = (spliced + page.missingEnd).split('\n');
    same(lines.slice(0, head.length), head, 'lines above the change are not the same', story);
    const below = tail.length === 0 ? [] : lines.slice(-tail.length);
    same(below, tail, 'lines below the change are not the same', story);
    const lost = page.remarks.filter(
      (remark) => mustStay(remark, before, after) && !spliced.includes(remark.text),
    );
    same(lost, [], 'comments are lost', story);

    const again = spliceYaml(spliced, changes.slice(-1));
    same(again, spliced, 'the same change again changes something', story);
  });
  fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

function read(text: string): Json {
  return load(text, { schema: CORE_SCHEMA }) as Json;
}

function same(actual: unknown, expected: unknown, message: string, story: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(
    `${message}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}\n${story}`,
  );
}
