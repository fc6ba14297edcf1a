import { describe, expect, test } from 'vitest';
import { spliceYaml } from '../splice.ts';
import { table } from '../testing/splice-table.ts';

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
      name: 'with a tab is written with its escape, whatever quotes stood there',
      before: `a: x\nb: 'x'\nc: "x"\nd: |-\n  x\ne: [x, 'x']\n`,
      set: [
        ['a', 'y\tz'],
        ['b', 'y\tz'],
        ['c', 'y\tz'],
        ['d', 'y\tz\rz'],
        ['e', ['y\tz', 'y\tz', 'y\tz']],
      ],
      after: `a: "y\\tz"\nb: "y\\tz"\nc: "y\\tz"\nd: "y\\tz\\rz"\ne: ["y\\tz", "y\\tz", "y\\tz"]\n`,
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
    ...'8888 0x1 0o7 0b1 1e3 1_000 -1 +1 .5 . 1. 12:30 2026-11-23 .inf -.INF .nan'.split(' '),
    ...'~ null Null true False yes No ON off y N = << - --- ... ? : a:'.split(' '),
    ...`[a] a] {a} &a *a !a | > 'a' "a" %a @a \`a\``.split(' '),
    '',
    '- x',
    '? x',
    ': x',
    'a: b',
    'a #b',
    '# a',
    ' a',
    'a ',
    'a, b',
    'a\nb',
    'a\\\n',
    'a\tb',
    '\u0000',
    '\u007F',
    '\u0085',
    '\u00A0',
    '\u2028',
    '\uFEFF',
    '\uD800',
  ])('is quoted when it is new and is %j', (value) => {
    const written = spliceYaml('', [{ path: ['a'], value }]).slice('a: '.length, -1);
    expect(written).toMatch(/^".*"$/);
    const list = [value, { [value]: value }];
    expect(spliceYaml('a: []\n', [{ path: ['a'], value: list }])).toBe(
      `a:\n  - ${written}\n  - {${written}: ${written}}\n`,
    );
  });

  test.each([
    ...'alice python-lab 6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162 nullable ~x +x =x Zoë 日本'.split(
      ' ',
    ),
    ...'127.0.0.1 10.201.0.0/16 20000-29999 8080:80 4g 1.5GB 2026-11-23T10:00:00Z .5x'.split(' '),
    ...'registry.example:5000/lab:2026.11 unix:///var/run/docker.sock /home/user ./x C:\\x'.split(
      ' ',
    ),
    ...`--ip=0.0.0.0 -v $HOME a#b (a) a"b a? a! 1e1-2c5d __proto__`.split(' '),
    "JupyterLab with the team's packages",
  ])('stands plain when it is new and is %j', (value) => {
    const list = [value, { [value]: value }];
    expect(spliceYaml('a: []\n', [{ path: ['a'], value: list }])).toBe(
      `a:\n  - ${value}\n  - {${value}: ${value}}\n`,
    );
  });
});
