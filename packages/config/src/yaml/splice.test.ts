import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { spliceYaml } from './splice.ts';
import { table } from './testing/splice-table.ts';

const ENTRY = `  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: "alice"   # quoted

    containers: [lab]   # just this
    # the team decides
    metadata: {team: 'vision'}

  # --- second ---
`;
const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const TOKEN_HASH = `sha256:${'a'.repeat(64)}`;

describe('an entry', () => {
  table([
    {
      name: 'stays as it is where nothing is said anew',
      before: ENTRY,
      set: [
        [`${ALICE}/username`, 'alice'],
        [`${ALICE}/metadata`, { team: 'vision' }],
        [`${ALICE}/rights`],
        [`${ALICE}/clients/0f4e/name`],
        [`${ALICE}/username/first`],
      ],
      after: ENTRY,
    },
    {
      name: 'gets new keys behind its own, in front of comments of the next',
      before: ENTRY,
      set: [
        [`${ALICE}/rights`, ['admin']],
        [
          `${ALICE}/clients/0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b`,
          {
            name: 'laptop',
            token_hash: TOKEN_HASH,
            created: '2026-11-23T10:00:00Z',
            expires: null,
          },
        ],
      ],
      after: `  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: "alice"   # quoted

    containers: [lab]   # just this
    # the team decides
    metadata: {team: 'vision'}
    rights: [admin]
    clients:
      0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b:
        name: laptop
        token_hash: ${TOKEN_HASH}
        created: 2026-11-23T10:00:00Z
        expires: null

  # --- second ---
`,
    },
    {
      name: 'loses a key with its comment, and no other line',
      before: ENTRY,
      set: [[`${ALICE}/metadata`], [`${ALICE}/containers`]],
      after: `  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: "alice"   # quoted

    # the team decides

  # --- second ---
`,
    },
    {
      name: 'of which nothing is left is an empty mapping',
      before: ENTRY,
      set: [[ALICE, {}]],
      after: `  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162: {}

    # the team decides

  # --- second ---
`,
    },
    {
      name: 'is made new as users.yaml is written',
      before: `version: 1
users: {} # nobody yet
...
`,
      set: [
        [
          `users/${ALICE}`,
          {
            username: 'alice',
            password_hash: '$pbkdf2-sha256$i=600000,l=32$x$y',
            clients: { c1: { name: 'laptop', token_hash: TOKEN_HASH, expires: null } },
            containers: ['python-lab'],
            rights: [],
            metadata: { team: 'vision' },
          },
        ],
      ],
      after: `version: 1
users: # nobody yet
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"
    clients:
      c1:
        name: laptop
        token_hash: ${TOKEN_HASH}
        expires: null
    containers: [python-lab]
    rights: []
    metadata: {team: vision}
...
`,
    },
    {
      name: 'is made new in lines beside others in lines, however short',
      before: 'users:\n  a:\n    username: alice\n',
      set: [['users/b', { username: 'bob' }]],
      after: 'users:\n  a:\n    username: alice\n  b:\n    username: bob\n',
    },
    {
      name: 'is made new in braces beside others in braces',
      before: 'users:\n  a: {username: alice}\n',
      set: [['users/b', { username: 'bob' }]],
      after: 'users:\n  a: {username: alice}\n  b: {username: bob}\n',
    },
  ]);
});

describe('another kind of value', () => {
  table([
    {
      name: 'takes the place of the old one and leaves the comments around it',
      before: `a: 1 # one
b: # two
  # inside
  c: 1
  # last
d: [1, 2] # three
e:
  - 1
f:
  {g: 1}
h: |
  text

i: "x"
`,
      set: [
        ['a', { x: { v: 1 } }],
        ['b', 'x'],
        ['d', { x: [[1]] }],
        ['e', { x: 1 }],
        ['f', [[[1]]]],
        ['h', { x: [[1]] }],
        ['i', [1, 2]],
      ],
      after: `a: # one
  x: {v: 1}
b: x # two
  # inside
  # last
d: # three
  x:
    - [1]
e: {x: 1}
f:
  - - [1]
h:
  x:
    - [1]

i: [1, 2]
`,
    },
  ]);
});

describe('a text', () => {
  table([
    {
      name: 'with CRLF gets lines that end so',
      before: 'a:\r\n  b: 1 # one\r\n  c: 2\r\n\r\n# end\r\n...\r\n',
      set: [['a/b'], ['a/x', [{ v: [1] }]], ['z', {}]],
      after: 'a:\r\n  c: 2\r\n  x:\r\n    - v: [1]\r\nz: {}\r\n\r\n# end\r\n...\r\n',
    },
    {
      name: 'with CRLF is emptied of everything',
      before: 'a: 1 # one\r\nb: 2\r\n...\r\n',
      set: [['', {}]],
      after: '{}\r\n...\r\n',
    },
    {
      name: 'with a byte order mark keeps it',
      before: '\uFEFFa: 1\nb: 2\n',
      set: [['a'], ['c', 3]],
      after: '\uFEFFb: 2\nc: 3\n',
    },
    {
      name: 'without a last line end',
      before: 'a: 1\nb:\n  c: 2 # two',
      set: [
        ['b/d', 3],
        ['e', 4],
      ],
      after: 'a: 1\nb:\n  c: 2 # two\n  d: 3\ne: 4',
    },
    {
      name: 'of nothing but comments gets its first key in front of the end',
      before: '# head\n\n# more\n...\n',
      set: [['a/b', 1]],
      after: '# head\n\n# more\na: {b: 1}\n...\n',
    },
    {
      name: 'of nothing at all',
      before: '',
      set: [['a', { b: { c: 1 } }]],
      after: 'a:\n  b: {c: 1}\n',
    },
    {
      name: 'that is one empty mapping is written in lines, at its indentation',
      before: '# head\n  {} # none\n...\n',
      set: [
        ['a', 1],
        ['b', 2],
      ],
      after: '# head\n  a: 1\n  b: 2 # none\n...\n',
    },
    {
      name: 'in braces altogether stays so',
      before: '---\n{version: 1, users: {a: {b: 1}}}\n...\n',
      set: [['users/c', { d: [] }]],
      after: '---\n{version: 1, users: {a: {b: 1}, c: {d: []}}}\n...\n',
    },
    {
      name: 'that loses every key is an empty mapping',
      before: '# head\na: 1 # one\n# middle\nb:\n  c: 2\n# end\n...\n',
      set: [['a'], ['b']],
      after: '# head\n{}\n# middle\n# end\n...\n',
    },
  ]);
});

describe('what cannot be edited in place is written anew, as little of it as can be', () => {
  table([
    {
      name: 'a list with pairs that have no braces',
      before: '# head\na: # list\n  [b: 1, c: 2] # pairs\nd: 1 # one\n',
      set: [['a', [{ b: 1, x: 1 }, { c: 2 }]]],
      after: '# head\na: # list\n  [{b: 1, x: 1}, {c: 2}] # pairs\nd: 1 # one\n',
    },
    {
      name: 'such lists, not what is changed beside them',
      before:
        'm:\n  # about a\n  a: [b: 1] # pairs\n  # about d\n  d:\n    # about e\n    e: 1 # one\n    f: [g: 1]\n',
      set: [['m', { a: [{ b: 1, x: 1 }], d: { e: 2, f: [{ g: 1, x: 1 }] } }]],
      after:
        'm:\n  # about a\n  a: [{b: 1, x: 1}] # pairs\n  # about d\n  d:\n    # about e\n    e: 2 # one\n    f: [{g: 1, x: 1}]\n',
    },
    {
      name: 'a mapping in which a key stands alone',
      before: '# head\nm:\n  # above\n  ? a\n  # inside\n  b: 1\n# after\nd: 1\n',
      set: [['m/a', 1]],
      after: '# head\nm:\n  # above\n  a: 1\n  b: 1\n# after\nd: 1\n',
    },
    {
      name: 'a text in which blank lines come to count',
      before: '# head\na: |+\n  one\n\nb: 1\n\nc: 1\n# end\n...\n',
      set: [['b']],
      after: '# head\na: "one\\n\\n"\nc: 1\n# end\n...\n',
    },
  ]);
});

describe('a mistake is told', () => {
  test.each<readonly [string, readonly string[], Json | undefined, string]>([
    ['a: [1]\n', ['a', 'b'], 1, '"b" cannot be set in what is not a mapping.'],
    ['a: 1\n', ['a', 'b', 'c'], 1, '"b" cannot be set in what is not a mapping.'],
    ['a: 1\n', [], undefined, 'The root of a document cannot be taken away.'],
    ['a: 1\n', ['b', 'c'], Number.NaN, 'No way was found to write b so that it reads back.'],
  ])('%j, %j', (before, path, value, message) => {
    expect(() => spliceYaml(before, [{ path, value }])).toThrow(message);
  });
});
