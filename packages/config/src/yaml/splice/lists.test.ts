import { describe } from 'vitest';
import { table } from '../testing/splice-table.ts';

const many = (line: (index: number) => string): string =>
  Array.from({ length: 3000 }, (_, index) => line(index)).join('');

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
