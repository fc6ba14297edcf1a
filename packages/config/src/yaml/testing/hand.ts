import * as fc from 'fast-check';
import type { Json } from '../json.ts';

/** A value as somebody writes it by hand: what it says, and in which of many ways. */
export type Hand = HandScalar | HandCollection;

export interface HandScalar {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** In one line. */
  readonly text: string;
  /** Written in lines below the key instead, where that can be. */
  readonly block?: { readonly header: string; readonly lines: readonly string[] };
  /** In a line of its own below the key. */
  readonly below: boolean;
}

export interface HandCollection {
  readonly kind: 'mapping' | 'sequence';
  /** `open` is brackets over several lines. */
  readonly form: 'block' | 'flow' | 'open';
  readonly items: readonly HandItem[];
  /** More spaces than the parent has; 0 is possible for a list only. */
  readonly indent: number;
  /** Starts in the line of the dash that it belongs to. */
  readonly compact: boolean;
  readonly padding: string;
  readonly lastComma: boolean;
  /** Comments behind the last item. */
  readonly tail: readonly HandLine[];
}

export interface HandItem {
  readonly name: string;
  readonly key: string;
  readonly value: Hand;
  readonly above: readonly HandLine[];
  readonly comment: string | undefined;
  /** Comments below a value that are indented deeper than its key. */
  readonly below: readonly string[];
  readonly gap: string;
  /** In a form that few hands write: `? key`, `{key}`, `[key: value]`. */
  readonly odd: boolean;
}

/** A blank line, or a comment and how far left of its place it stands. */
export type HandLine = { readonly comment: string; readonly left: number } | 'blank';

export const NAMES = [
  'a',
  'b',
  'username',
  'clients',
  'containers',
  '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162',
  '0f4e1c2a',
  '1',
  '16',
  'null',
  'true',
  '__proto__',
  'constructor',
  'x y',
  "it's",
  'a: b',
  '#',
  '',
  'Zoë',
  '"',
];

const NEEDS_QUOTES = new Set(['null', 'true', 'a: b', '#', '', '"']);

const commentText = fc.constantFrom(
  '',
  ' why',
  ': {a: 1}',
  ' - x',
  ' "',
  ' ]',
  ' key: value',
  '\t|',
);

const lines = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ comment: commentText, left: fc.nat(3) }) },
    fc.constant('blank' as const),
  ),
  { maxLength: 2 },
);

const quoted = fc.string({
  unit: fc.constantFrom('a', "'", '"', ' ', ':', '#', ',', '\\', 'é'),
  maxLength: 6,
});

const textLine = fc.constantFrom('one', 'two words', '', '  deeper', '# no comment', 'key: value');

/** First line and last line say something: what blank lines there mean is another matter. */
const textLines = fc
  .array(textLine, { maxLength: 3 })
  .map((middle) => ['first', ...middle, 'last']);

const scalarForm = fc.oneof(
  fc
    .constantFrom('alice', 'x y', 'a#b', 'http://h:1/p', '2026-11-23', 'on', "it's", '-v', 'a"b')
    .map((text) => ({ text, value: text })),
  fc.constantFrom(
    { text: '0', value: 0 },
    { text: '-5', value: -5 },
    { text: '1.50', value: 1.5 },
    { text: '0x1F', value: 31 },
    { text: '1e3', value: 1000 },
    { text: 'true', value: true },
    { text: 'False', value: false },
    { text: 'null', value: null },
    { text: '~', value: null },
  ),
  quoted.map((value) => ({ text: JSON.stringify(value), value })),
  quoted.map((value) => ({ text: `'${value.replaceAll("'", "''")}'`, value })),
  textLines.map((written) => {
    const value = `${written.join('\n')}\n`;
    return { text: JSON.stringify(value), value, block: { header: '|', lines: written } };
  }),
  textLines.map((written) => {
    const value = written.join('\n');
    return { text: JSON.stringify(value), value, block: { header: '|-', lines: written } };
  }),
  fc.constant({
    text: '"one two"',
    value: 'one two',
    block: { header: '>-', lines: ['one', 'two'] },
  }),
  fc.constantFrom(['one', 'two'], ['"one', 'two"'], ["'one", "two'"]).map((written) => ({
    text: '"one two"',
    value: 'one two',
    block: { header: '', lines: written },
  })),
  fc.constant({ text: '', value: null }),
);

const keyed = fc
  .constantFrom(...NAMES)
  .chain((name) =>
    fc
      .constantFrom(
        ...(NEEDS_QUOTES.has(name) ? [] : [name]),
        JSON.stringify(name),
        `'${name.replaceAll("'", "''")}'`,
      )
      .map((key) => ({ name, key })),
  );

export const { mapping: handMapping } = fc.letrec<{
  scalar: HandScalar;
  value: Hand;
  item: HandItem;
  mapping: HandCollection;
  sequence: HandCollection;
}>((tie) => {
  const shape = {
    form: fc.oneof(
      { weight: 4, arbitrary: fc.constant('block' as const) },
      { weight: 2, arbitrary: fc.constant('flow' as const) },
      fc.constant('open' as const),
    ),
    compact: fc.boolean(),
    padding: fc.constantFrom('', '', ' '),
    lastComma: fc.boolean(),
    tail: lines,
  };
  return {
    scalar: fc
      .tuple(scalarForm, fc.boolean())
      .map(([form, below]) => ({ kind: 'scalar', ...form, below })),
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: tie('scalar') },
      { weight: 2, arbitrary: tie('mapping') },
      { weight: 2, arbitrary: tie('sequence') },
    ),
    item: fc
      .tuple(
        keyed,
        fc.record({
          value: tie('value'),
          above: lines,
          comment: fc.option(commentText, { nil: undefined }),
          below: fc.oneof(
            { weight: 5, arbitrary: fc.constant<string[]>([]) },
            fc.array(commentText, { minLength: 1, maxLength: 2 }),
          ),
          gap: fc.constantFrom(' ', ' ', '  '),
          odd: fc.constantFrom(...Array.from({ length: 15 }, () => false), true),
        }),
      )
      .map(([key, rest]) => ({ ...key, ...rest })),
    mapping: fc.record({
      kind: fc.constant('mapping' as const),
      items: fc.uniqueArray(tie('item'), { maxLength: 4, selector: ({ name }) => name }),
      indent: fc.constantFrom(1, 2, 2, 4),
      ...shape,
    }),
    sequence: fc.record({
      kind: fc.constant('sequence' as const),
      items: fc.array(tie('item'), { maxLength: 4 }),
      indent: fc.constantFrom(0, 2, 2, 4),
      ...shape,
    }),
  };
});

/** What the hand's text says. */
export function meaningOf(hand: Hand): Json {
  if (hand.kind === 'scalar') return hand.value;
  if (hand.kind === 'sequence') return hand.items.map(({ value }) => meaningOf(value));
  return Object.fromEntries(hand.items.map(({ name, value }) => [name, meaningOf(value)]));
}
