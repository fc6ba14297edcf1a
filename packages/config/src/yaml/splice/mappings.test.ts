import { describe } from 'vitest';
import { table } from '../testing/splice-table.ts';

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
