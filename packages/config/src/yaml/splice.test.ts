import { describe, expect, test } from 'vitest';
import type { Json } from './json.ts';
import { spliceYaml, type Change } from './splice.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  /** The path with slashes, and what is set there; without a value the key is taken away. */
  readonly set: readonly (readonly [path: string, value?: Json])[];
  readonly after: string;
}

const changesOf = (set: Case['set']): Change[] =>
  set.map(([path, value]) => ({ path: path === '' ? [] : path.split('/'), value }));

function table(cases: readonly Case[]): void {
  test.each(cases)('$name', ({ before, set, after }) => {
    const spliced = spliceYaml(before, changesOf(set));
    expect(spliced).toBe(after);
    expect(spliceYaml(spliced, changesOf(set))).toBe(after);
  });
}

const many = (line: (index: number) => string): string =>
  Array.from({ length: 3000 }, (_, index) => line(index)).join('');

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

describe('a scalar', () => {
  table([
    {
      name: 'keeps its quotes and its comment',
      before: `a: "x"  # one\nb: 'x'\t# two\nc: x # three\n`,
      set: [
        ['a', 'say "hi" \\'],
        ['b', "it's"],
        ['c', "it's on"],
      ],
      after: `a: "say \\"hi\\" \\\\"  # one\nb: 'it''s'\t# two\nc: it's on # three\n`,
    },
    {
      name: 'keeps quotes that it would not need, and gets those that it does',
      before: `a: "x"\nb: 'x'\nc: x\nd: x\ne: [x, "x", x]\nf: 'x'\ng: x\n`,
      set: [
        ['a', 'y'],
        ['b', 'y'],
        ['c', 'true'],
        ['d', 'a: b'],
        ['e', ['a, b', 'y', '']],
        ['f', 'a\tb\n'],
        ['g', ' '],
      ],
      after: `a: "y"\nb: 'y'\nc: "true"\nd: "a: b"\ne: ["a, b", "y", ""]\nf: "a\\tb\\n"\ng: " "\n`,
    },
    {
      name: 'that stands plain stays plain where it reads back',
      before: 'a: 2026-11-23T10:00:00Z\nb: off\n',
      set: [
        ['a', '2026-11-24'],
        ['b', 'on'],
      ],
      after: 'a: 2026-11-24\nb: on\n',
    },
    {
      name: 'of another type is written as its type is',
      before: 'a: 8080 # port\nb: "8080"\nc: null\nd: yes\ne: ~\nf: 1\ng: 1\n',
      set: [
        ['a', '8080'],
        ['b', 8080],
        ['c', 'null'],
        ['d', true],
        ['e', -1.5e-7],
        ['f', null],
        ['g', 'on'],
      ],
      after: 'a: "8080" # port\nb: 8080\nc: "null"\nd: true\ne: -1.5e-7\nf: null\ng: "on"\n',
    },
    {
      name: 'stands where nothing stood',
      before: 'a:\nb: # not yet\nc:\n  # soon\n...\n',
      set: [
        ['a', 1],
        ['b', 'x'],
        ['c', false],
      ],
      after: 'a: 1\nb: x # not yet\nc: false\n  # soon\n...\n',
    },
    {
      name: 'that says nothing in several lines',
      before: 'a: | # nothing\n# next\nb: >\n\n\nc: 1 # one\n',
      set: [
        ['a', 'x'],
        ['b', 'y\nz'],
      ],
      after: 'a: x # nothing\n# next\nb: "y\\nz"\n\n\nc: 1 # one\n',
    },
    {
      name: 'on a line of its own stays there',
      before: 'a:\n  # why\n  "x" # one\nb: 1\n',
      set: [['a', 'y']],
      after: 'a:\n  # why\n  "y" # one\nb: 1\n',
    },
    {
      name: 'of several lines becomes one of one line',
      before: `a: one\n  two\nb: "one\n  two" # b\nc: 'one\n\n  two'\nd: >- # folded\n  one\n  two\n\ne: 1\n`,
      set: [
        ['a', 'x'],
        ['b', 'x'],
        ['c', 'x'],
        ['d', 'x'],
      ],
      after: `a: x\nb: "x" # b\nc: 'x'\nd: x # folded\n\ne: 1\n`,
    },
    {
      name: 'in literal lines is quoted where they cannot hold it',
      before: 'a:\n  # text\n  b: |\n    one\n  # next\n  c: 1\n',
      set: [['a/b', 'x\uFFFE\n']],
      after: 'a:\n  # text\n  b: "x\\ufffe\\n"\n  # next\n  c: 1\n',
    },
    {
      name: 'in literal lines stays so where its header can say the end',
      before:
        'a: | # text\n    one\n\n    two\n\nb: |-\n  one\nc: |+\n  one\n\nd: |\n  one\ne: |2\n  one\n',
      set: [
        ['a', 'three\n\n  four: x # y\n'],
        ['b', 'two\nthree'],
        ['c', 'two\n\n\n'],
        ['d', 'no end'],
        ['e', ' x\n'],
      ],
      after:
        'a: | # text\n    three\n\n      four: x # y\n\nb: |-\n  two\n  three\nc: |+\n  two\n\n\nd: no end\ne: " x\\n"\n',
    },
  ]);

  test.each([
    '8888',
    '0x1',
    '0o7',
    '0b1',
    '1e3',
    '1_000',
    '-1',
    '+1',
    '.5',
    '.',
    '1.',
    '12:30',
    '.inf',
    '-.INF',
    '.nan',
    '~',
    '',
    'null',
    'Null',
    'true',
    'False',
    'yes',
    'No',
    'ON',
    'off',
    'y',
    'N',
    '=',
    '2026-11-23',
    '- x',
    '-',
    '---',
    '...',
    '? x',
    '?',
    ':',
    ': x',
    'a: b',
    'a:',
    'a #b',
    '# a',
    ' a',
    'a ',
    'a, b',
    '[a]',
    'a]',
    '{a}',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    "'a'",
    '"a"',
    '%a',
    '@a',
    '`a`',
    '<<',
    'a\nb',
    'a\tb',
    '\u0000',
    '\u007F',
    '\u0085',
    '\u00A0',
    '\u2028',
    '\uFEFF',
    '\uD800',
    'a\\\n',
  ])('is quoted when it is new and is %j', (value) => {
    const spliced = spliceYaml(
      'a: 1\n',
      changesOf([
        ['b', value],
        ['c', [value]],
        ['d', { [value]: value }],
      ]),
    );
    const written = spliced.split('\n')[1]?.slice('b: '.length);
    expect(written).toMatch(/^".*"$/);
    expect(spliced).toBe(`a: 1\nb: ${written}\nc: [${written}]\nd: {${written}: ${written}}\n`);
  });

  test.each([
    'alice',
    'python-lab',
    'registry.example:5000/python-lab:2026.11',
    'berth/shell:1',
    '10.201.0.0/16',
    '127.0.0.1',
    '20000-29999',
    '4g',
    '1.5GB',
    '2026-11-23T10:00:00Z',
    '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162',
    '1e111111-2c5d-4f8e-9a07-1d2e3f405162',
    'unix:///var/run/docker.sock',
    "JupyterLab with the team's packages",
    '--ip=0.0.0.0',
    '-v',
    '$HOME',
    'a#b',
    'C:\\x',
    'Zoë',
    '日本',
    '/home/user',
    './x',
    '.5x',
    'nullable',
    '8080:80',
    '(a)',
    'a"b',
    '__proto__',
    '~x',
    '+x',
    '=x',
    'a?',
    'a!',
  ])('stands plain when it is new and is %j', (value) => {
    const spliced = spliceYaml(
      'a: 1\n',
      changesOf([
        ['b', value],
        ['c', [value]],
        ['d', [[value, []]]],
      ]),
    );
    expect(spliced).toBe(`a: 1\nb: ${value}\nc: [${value}]\nd:\n  - [${value}, []]\n`);
  });
});

describe('a mapping', () => {
  table([
    {
      name: 'set as a whole changes key by key',
      before: `# lab
lab:
  # what it is
  image: "lab:1" # pinned
  gone: 1 # with its comment

  # how much
  resources: {cpus: 2, memory: 4g} # enough
  env:
    # colours
    THEME: dark
    A: x # first
`,
      set: [
        [
          'lab',
          {
            env: { A: 'x', THEME: 'light', B: 'y' },
            image: 'lab:2',
            resources: { cpus: 2, memory: '8g', pids: 5 },
            shared: true,
          },
        ],
      ],
      after: `# lab
lab:
  # what it is
  image: "lab:2" # pinned

  # how much
  resources: {cpus: 2, memory: 8g, pids: 5} # enough
  env:
    # colours
    THEME: light
    A: x # first
    B: "y"
  shared: true
`,
    },
    {
      name: 'finds keys by what they say',
      before: `"lab": {x: 1}\n'it''s': 1\n1.0: 1\n0x10: 1\n~: 1\n? long\n: 1\n"\\u0061": 1\n`,
      set: [['lab/x', 2], ["it's", 2], ['1', 2], ['16', 2], ['null', 2], ['long', 2], ['a']],
      after: `"lab": {x: 2}\n'it''s': 2\n1.0: 2\n0x10: 2\n~: 2\n? long\n: 2\n`,
    },
    {
      name: 'may have a key that is not written',
      before: ': 1 # one\n# two\nb: 2\n',
      set: [['null', 2]],
      after: ': 2 # one\n# two\nb: 2\n',
    },
    {
      name: 'may have keys that objects have of themselves',
      before: 'a:\n  __proto__: 1 # own\n  b: 1\nc: {d: 1}\n',
      set: [
        ['a/__proto__', 2],
        ['a/constructor', 'x'],
        ['a/toString'],
        ['c', Object.fromEntries([['__proto__', {}]])],
        ['__proto__/__proto__', 1],
        ['d', 1],
      ],
      after:
        'a:\n  __proto__: 2 # own\n  b: 1\n  constructor: x\nc: {__proto__: {}}\n__proto__:\n  __proto__: 1\nd: 1\n',
    },
    {
      name: 'in braces keeps its form',
      before: 'a: {b: 1, "c" : 2 , d: 3}\ne: { f: 1, g: 2 }\nh: {i: 1, j: 2,}\nk: {l: , m}\n',
      set: [['a/c'], ['a/x', { v: [1] }], ['e/f'], ['h/j'], ['h/x', 1], ['k/l', 1], ['k/m', 1]],
      after: 'a: {b: 1, d: 3, x: {v: [1]}}\ne: { g: 2 }\nh: {i: 1, x: 1,}\nk: {l: 1 , m: 1}\n',
    },
    {
      name: 'in braces over several lines keeps lines and comments',
      before: `a: {
  # first
  b: 1, # one
  c: 2, # two
  # last
  d: 3 # three
  }
e: {
  f: 1,
  g: 2,
  } # end
h: {i: 1,
  j: 2}
`,
      set: [['a/c'], ['a/d'], ['a/x', 1], ['e/x', 1], ['h/x', 1]],
      after: `a: {
  # first
  b: 1, # one
  x: 1
  # last
  }
e: {
  f: 1,
  g: 2,
  x: 1,
  } # end
h: {i: 1,
  j: 2, x: 1}
`,
    },
    {
      name: 'is made with all that a path needs',
      before: 'a: 1\nb: {}\nc:\nd: {e: {}}\n# end\n...\n',
      set: [
        ['b/x/v', 1],
        ['c/x/v/z', [1]],
        ['d/e/x', 1],
        ['f/g', { h: 'i' }],
      ],
      after: `a: 1
b:
  x: {v: 1}
c:
  x:
    v:
      z: [1]
d: {e: {x: 1}}
f:
  g: {h: i}
# end
...
`,
    },
    {
      name: 'is indented as the text is',
      before: 'a:\n    b:\n        c: 1\n',
      set: [
        ['a/d', { e: [{ f: [1] }] }],
        ['g', [['x', ['y']], { z: {} }]],
      ],
      after: `a:
    b:
        c: 1
    d:
        e:
            - f: [1]
g:
    - - x
      - ["y"]
    - {z: {}}
`,
    },
    {
      name: 'gets short new ones in braces where not all of its own are mappings in lines',
      before: 'a:\n  b:\n    c: 1\n  d: 1\n',
      set: [['a/x', { v: 1 }]],
      after: 'a:\n  b:\n    c: 1\n  d: 1\n  x: {v: 1}\n',
    },
    {
      name: 'gets new keys below comments that are indented as its own',
      before: 'a:\n  b:\n    c: 1\n    # d: 2\n\n    # e: 3\n  # next\n  f: 1\n# end\n',
      set: [
        ['a/b/x', 1],
        ['a/x', 1],
        ['x', 1],
      ],
      after:
        'a:\n  b:\n    c: 1\n    # d: 2\n\n    # e: 3\n    x: 1\n  # next\n  f: 1\n  x: 1\nx: 1\n# end\n',
    },
    {
      name: 'that is emptied says so, and keeps its comments',
      before: 'a: # all\n  # first\n  b: 1 # one\n  # last\n  c:\n    - 1\nd: {e: 1, f: 2}\ng: 1\n',
      set: [['a/b'], ['a/c'], ['d', {}]],
      after: 'a: {} # all\n  # first\n  # last\nd: {}\ng: 1\n',
    },
    {
      name: 'that is emptied and filled again stands in lines still',
      before: 'a:\n  b: 1 # one\n  # last\n',
      set: [['a/b'], ['a/c', 2]],
      after: 'a:\n  # last\n  c: 2\n',
    },
    {
      name: 'is removed with the comments that are indented deeper than its key',
      before: 'a: 1\nb:\n  c: 1 # one,\n         # and only\n\n  # d: 2\n# next\ne: 1\n',
      set: [['b']],
      after: 'a: 1\n# next\ne: 1\n',
    },
  ]);
});

describe('a list', () => {
  table([
    {
      name: 'in lines keeps the items that stay, with their comments',
      before: `a:
  # the best
  - one # 1
  # the others
  - two # 2
  - three # 3
b:
- one # not indented
# next
c: 1
`,
      set: [
        ['a', ['zero', 'one', 'new', 'three', 'four']],
        ['b', ['one', 'two']],
      ],
      after: `a:
  - zero
  # the best
  - one # 1
  # the others
  - new
  - three # 3
  - four
b:
- one # not indented
- two
# next
c: 1
`,
    },
    {
      name: 'in lines gets new items in front of what stands above the next',
      before: 'a:\n  - one\n  # the second\n  - two\n',
      set: [['a', ['one', 'new', 'two']]],
      after: 'a:\n  - one\n  - new\n  # the second\n  - two\n',
    },
    {
      name: 'of a long key starts behind its colon',
      before: '? a\n: - 1\n  - 2\n? b\n: - 1\n# end\n',
      set: [
        ['a', [3]],
        ['b', []],
      ],
      after: '? a\n:\n  - 3\n? b\n: []\n# end\n',
    },
    {
      name: 'of thousands changes where it changes',
      before: `a:\n${many((index) => `  - item${index} # remark ${index}\n`)}`,
      set: [['a', Array.from({ length: 3000 }, (_, index) => `item${index}`).toSpliced(1500, 1)]],
      after: `a:\n${many((index) => (index === 1500 ? '' : `  - item${index} # remark ${index}\n`))}`,
    },
    {
      name: 'of thousands may become another',
      before: `a:\n${many((index) => `  - item${index}\n`)}# end\n`,
      set: [['a', Array.from({ length: 3000 }, (_, index) => `other${index}`)]],
      after: `a:\n${many((index) => `  - other${index}\n`)}# end\n`,
    },
    {
      name: 'in brackets keeps its form',
      before: `a: [ "one", 'two' , three ] # all\nb: [1, 2, 3]\nc: [1,]\nd: [1, 2]\ne: [ "1", '2', 3 ]\n`,
      set: [
        ['a', ['one', 'three', 'four']],
        ['b', [0, 2, 3, 2]],
        ['c', [1, 2]],
        ['d', [2]],
        ['e', ['1', '2']],
      ],
      after: `a: [ "one", three, four ] # all\nb: [0, 2, 3, 2]\nc: [1, 2,]\nd: [2]\ne: [ "1", '2' ]\n`,
    },
    {
      name: 'in brackets over several lines keeps lines and comments',
      before: `command: [
  jupyter, lab, # the lab
  # no browser here
  --no-browser,
  --port, "8888",
  ]
all: [
  a
  ]
`,
      set: [
        ['command', ['jupyter', 'lab', '-v', '--no-browser', '--debug', '--port', '8888']],
        ['all', ['0', 'a', 'b']],
      ],
      after: `command: [
  jupyter, lab, -v, # the lab
  # no browser here
  --no-browser,
  --debug,
  --port, "8888",
  ]
all: [
  "0",
  a,
  b
  ]
`,
    },
    {
      name: 'in brackets over several lines may have several items in one',
      before: 'a: [\n  "1", # one\n  2, 3, # two\n  4, 5\n  ]\nb: [\n  "1", # one\n  2\n  ]\n',
      set: [
        ['a', ['1', 3, 5]],
        ['b', ['1', 3]],
      ],
      after: 'a: [\n  "1", # one\n  3, # two\n  5\n  ]\nb: [\n  "1", # one\n  3\n  ]\n',
    },
    {
      name: 'of mappings changes inside those that stay the same in part',
      before: `volumes:
  # home
  - name: home # of the user
    target: /home/user
    persistent: true
  - {name: data, target: /data} # big
ports: [{container: 8888, label: web}, {container: 22}]
`,
      set: [
        [
          'volumes',
          [
            { name: 'home', target: '/home', persistent: true, size: '1g' },
            { name: 'data', target: '/srv' },
            { name: 'new', target: '/new' },
            { name: 'deep', options: { a: 1 } },
          ],
        ],
        ['ports', [{ container: 8888, label: 'page' }]],
      ],
      after: `volumes:
  # home
  - name: home # of the user
    target: /home
    persistent: true
    size: 1g
  - {name: data, target: /srv} # big
  - {name: new, target: /new}
  - name: deep
    options: {a: 1}
ports: [{container: 8888, label: page}]
`,
    },
    {
      name: 'whose items start behind the dash of another',
      before:
        'a:\n- - one # 1\n  - two\n- x: 1 # x\n  y: 2\n- z: 1\n  # about w\n  w: 2\n- - 1\n-\n- v: 1\n',
      set: [['a', [['zero', 'two'], { y: 2 }, { w: 2 }, [], { m: 1 }, {}]]],
      after: 'a:\n- - zero\n  - two\n- y: 2\n-\n  # about w\n  w: 2\n- []\n- {m: 1}\n- {}\n',
    },
    {
      name: 'that is emptied says so, and keeps its comments',
      before: 'a:\n# first\n- 1\n- 2 # two\n# next\nb: [1]\nc:\n  - - 1\n',
      set: [
        ['a', []],
        ['b', []],
        ['c', [[]]],
      ],
      after: 'a: []\n# first\n# next\nb: []\nc:\n  - []\n',
    },
    {
      name: 'too long for a line is written in lines',
      before: 'a: 1\n',
      set: [
        ['b', ['x'.repeat(42), 'x'.repeat(41)]],
        ['c', ['x'.repeat(42), 'x'.repeat(42)]],
        ['map', { a: 'x'.repeat(80), b: 1 }],
      ],
      after: `a: 1
b: [${'x'.repeat(42)}, ${'x'.repeat(41)}]
c:
  - ${'x'.repeat(42)}
  - ${'x'.repeat(42)}
map:
  a: ${'x'.repeat(80)}
  b: 1
`,
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
