import * as fc from 'fast-check';

/** A `users.yaml` in the parts that a hand moves about. Put together they are the file. */
export interface PeopleText {
  readonly head: string;
  readonly entries: readonly string[];
  readonly tail: string;
  readonly lineEnd: string;
}

/** Few, so that two texts often have the same people and one text sometimes somebody twice. */
export const PEOPLE = Array.from(
  { length: 7 },
  (_, n) => `6b1f0a3e-2c5d-4f8e-9a07-1d2e3f40516${n}`,
);

const uuid = fc.constantFrom(...PEOPLE);
const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'];
const client = fc.nat(6).map((n) => `0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0${n}`);

const comment = fc.constantFrom(
  '# founder',
  `# ${PEOPLE[1]}:`,
  "# don't: touch",
  '#',
  '# "open',
  '# ünï: code',
);

/** Lines that mean nothing, at any column. */
const between = fc.array(
  fc.oneof(
    fc.constantFrom('', '', '  '),
    fc.tuple(fc.nat(6), comment).map(([column, text]) => ' '.repeat(column) + text),
  ),
  { maxLength: 3 },
);

/** What the lines of a text in several lines can look like. */
const proseLine = fc.constantFrom(
  'prose',
  'username: mallory',
  `${PEOPLE[2]}:`,
  'users:',
  '...',
  '---',
  '# no comment',
  '- item',
  '',
  "it's",
  'a "quote"',
  '{',
);

const prose = fc.array(proseLine, { minLength: 1, maxLength: 4 });

/** One key of a user, with its lines less deep by the column of the user's keys. */
const attribute: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constantFrom(['disabled: true'], ['disabled: false  # for now'], ['rights: [monitor]']),
  fc.constantFrom(
    ['containers: [lab]'],
    ['containers:', '  - lab', '  - shell'],
    ['containers:', '- lab'],
  ),
  fc.constantFrom(
    ['metadata: {team: vision}'],
    ['metadata:', '  team: "vision"'],
    ["metadata: {team: 'a # b'}"],
  ),
  prose.map((lines) => ['metadata:', '  note: |', ...lines.map((line) => `    ${line}`)]),
  prose.map((lines) => ['metadata:', '  note: >-', '', ...lines.map((line) => `      ${line}`)]),
  prose.map((lines) =>
    ['metadata:', `  note: "${lines.join('\n    ').replaceAll('"', "'")}"`].flatMap((line) =>
      line.split('\n'),
    ),
  ),
  prose.map((lines) =>
    ['metadata:', `  note: '${lines.join('\n    ').replaceAll("'", '"')}'`].flatMap((line) =>
      line.split('\n'),
    ),
  ),
  fc
    .tuple(client, fc.nat(15))
    .map(([id, digit]) => [
      'clients:',
      `  ${id}:`,
      '    name: laptop',
      `    token_hash: sha256:${digit.toString(16).repeat(64)}`,
      '    created: 2026-11-23T10:00:00Z',
    ]),
);

const keyOf = (lines: readonly string[]): string => lines[0]?.split(':')[0] ?? '';

const entry: fc.Arbitrary<string> = fc
  .record({
    key: fc
      .tuple(uuid, fc.constantFrom('', '', '', '', '"', "'"))
      .map(([id, quote]) => quote + id + quote),
    // Mostly everybody has their own.
    other: fc.option(fc.constantFrom(...NAMES), { freq: 12 }),
    attributes: fc.uniqueArray(attribute, { maxLength: 3, selector: keyOf }),
    form: fc.constantFrom('lines', 'lines', 'lines', 'lines', 'flow', 'open flow'),
    step: fc.constantFrom(2, 2, 2, 1, 4),
    remark: fc.constantFrom('', '', '  # remark', ' '),
    after: between,
  })
  .map(({ key, other, attributes, form, step, remark, after }) => {
    const username = other ?? NAMES[PEOPLE.findIndex((id) => key.includes(id))];
    const lines =
      form === 'lines'
        ? [
            `  ${key}:${remark}`,
            ...[[`username: ${username}`], ...attributes]
              .flat()
              .map((line) => (line === '' ? '' : `  ${' '.repeat(step)}${line}`)),
          ]
        : [
            `  ${key}: {username: ${username},${form === 'flow' ? '' : '\n     '} disabled: true}${remark}`,
          ];
    return [...lines, ...after, ''].join('\n');
  });

/** Whose entry it is. */
const idOf = (text: string): string => /[0-9a-f-]{36}/.exec(text)?.[0] ?? '';

const usersLine = fc.constantFrom('users:', 'users:', 'users:', 'users:  # all', 'users: ');

/** Texts as hands write them: most of them valid. */
export const peopleTexts: fc.Arbitrary<PeopleText> = fc
  .record({
    start: fc.constantFrom('', '', '# the team\n', '\uFEFF', '---\n', '# users:\n\n'),
    usersLine,
    isVersionFirst: fc.constantFrom(true, true, true, false),
    before: between,
    entries: fc.uniqueArray(entry, { maxLength: 6, selector: idOf }),
    end: fc.constantFrom('', '', '# the end\n', '\n'),
    lineEnd: fc.constantFrom('\n', '\n', '\n', '\r\n'),
  })
  .map(({ start, usersLine: line, isVersionFirst, before, entries, end, lineEnd }) => ({
    head: [isVersionFirst ? `${start}version: 1` : start.trimEnd(), line, ...before, ''].join('\n'),
    entries,
    tail: `${isVersionFirst ? '' : 'version: 1\n'}${end}...\n`,
    lineEnd,
  }));

export const joined = ({ head, entries, tail, lineEnd }: PeopleText): Buffer =>
  Buffer.from([head, ...entries, tail].join('').replaceAll('\n', lineEnd));

/** Moves whole entries: what a person does who knows what they do. */
export interface TidyEdit {
  readonly kind: 'add' | 'replace' | 'remove' | 'swap' | 'copy' | 'head';
  readonly at: number;
  readonly to: number;
  readonly entry: string;
  readonly other: PeopleText;
}

export const tidyEdits: fc.Arbitrary<TidyEdit> = fc.record({
  kind: fc.constantFrom('add', 'add', 'add', 'replace', 'remove', 'swap', 'swap', 'copy', 'head'),
  at: fc.nat(20),
  to: fc.nat(20),
  entry,
  other: peopleTexts,
});

export function afterEdit(
  text: PeopleText,
  { kind, at, to, entry: fresh, other }: TidyEdit,
): PeopleText {
  const isSame = (each: string): boolean => idOf(each) === idOf(fresh);
  const isNew = kind === 'add' || kind === 'replace';
  const entries = isNew ? text.entries.filter((each) => !isSame(each)) : text.entries;
  const [one, two] = [at % (entries.length + 1), to % (entries.length + 1)];
  const [first, second] = [entries[one], entries[two]];
  switch (kind) {
    case 'add':
      return { ...text, entries: entries.toSpliced(one, 0, fresh) };
    case 'replace':
      return { ...text, entries: entries.toSpliced(one, 1, fresh) };
    case 'remove':
      return { ...text, entries: entries.toSpliced(one, 1) };
    case 'swap':
      if (first === undefined || second === undefined) return text;
      return { ...text, entries: entries.with(one, second).with(two, first) };
    case 'copy':
      return { ...text, entries: entries.toSpliced(two, 0, first ?? '') };
    case 'head':
      return { ...text, head: other.head };
    default:
      return kind satisfies never;
  }
}
