import { expect, test } from 'vitest';
import { openStore } from '../store/testing/open-store.ts';
import { ALICE, BOB, CAROL } from '../testing/team.ts';
import type { Json } from '../yaml/json.ts';
import { add, byHand, desk, isMerged, removeBobsFile, set } from './testing/desk.ts';

type Set = readonly [path: readonly string[], value: Json];

test.each<[what: string, value: Json, from: string | RegExp, to: string]>([
  ['another', ['lab', 'gpu'], 'containers: [lab, gpu]', 'containers: [shell]'],
  ['none', ['lab', 'gpu'], 'containers: [lab, gpu]', 'containers: []'],
])('who changes a list just changed to %s may do so', async (_, value, from, to) => {
  const { edit, save, text, notices, aside } = await desk();
  await edit(set(['users', ALICE, 'containers'], value));
  const newest = await text();
  const saved = byHand(newest, [from, to]);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(notices.filter(isMerged)).toEqual([]);
  expect(await aside()).toEqual([newest]);
});

test.each<[what: string, file: string, steps: readonly (readonly [string, string])[]]>([
  [
    'words a comment anew',
    'users.yaml',
    [
      ['username: bob\n', 'username: bob # temp\n'],
      ['# temp\n', '# temporary until May\n'],
      ['# temporary until May\n', '# until May, then gone\n'],
    ],
  ],
  [
    'writes a template in steps',
    'containers.yaml',
    [
      ['  gpu:\n', '  ml:\n    image: ml:1\n  gpu:\n'],
      ['ml:1\n', 'ml:1\n    env: {A: "1"}\n    description: To learn\n'],
      ['A: "1"', 'A: "2", B: "3"'],
      ['To learn\n', 'To train\n    pull: always\n'],
    ],
  ],
])('nothing is merged where a hand %s', async (_, file, steps) => {
  const { save, text, notices } = await desk();
  for (const step of steps) {
    const saved = byHand(await text(file), step);
    await save({ [file]: saved });
    expect(await text(file)).toBe(saved);
  }
  expect(notices.filter(({ kind }) => kind !== 'loaded')).toEqual([]);
});

test('nobody is told of anything where a hand fills in what a command has just added', async () => {
  const { edit, save, text, store, notices, aside } = await desk();
  await edit(set(['users', CAROL], { username: 'carol', containers: ['lab'] }));
  await edit(set(['containers', 'ml'], { image: 'ml:1' }, 'containers.yaml'));
  const [users, templates] = [await text(), await text('containers.yaml')];
  const saved = {
    'users.yaml': byHand(users, [
      /( +)username: carol\n/,
      '$1username: caroline\n$1disabled: true\n',
    ]),
    'containers.yaml': byHand(templates, ['image: ml:1\n', 'image: ml:2\n    pull: always\n']),
  };
  await save(saved);
  expect(store.rejection()).toBeUndefined();
  expect([await text(), await text('containers.yaml')]).toEqual(Object.values(saved));
  expect(notices.filter(isMerged)).toEqual([]);
  expect(await aside()).toEqual([]);
});

test('nobody is told of a save by hand in the first hours of an installation', async () => {
  const { directory, edit, save, text, notices } = await desk();
  await edit(removeBobsFile);
  await save({ 'users.yaml': 'version: 1\nusers: {}\n...\n' });
  await edit(add(CAROL, 'carol'));
  const own = `users/${CAROL}.yaml`;
  await edit(set(['limits', 'cpus'], 3, own));
  await edit(set(['overrides', 'lab', 'persist'], true, own));
  const known = notices.length;
  await save({ [own]: byHand(await text(own), ['persist: true', 'persist: false']) });
  await save({ 'users.yaml': byHand(await text(), ['version: 1', '# ours\nversion: 1']) });
  await save({ 'users.yaml': '# ours\nversion: 1\nusers: {}\n...\n' });
  const told = notices.slice(known).map(({ kind }) => kind);
  expect(told).toEqual(['loaded', 'loaded', 'loaded']);
  expect((await openStore(directory)).store.current().accounts.size).toBe(0);
});

test('who was added and is deleted by hand again, by itself, is no text to keep', async () => {
  const { edit, save, text, store, aside } = await desk();
  await edit(add(CAROL, 'carol'));
  await edit(set(['users', CAROL, 'metadata'], { room: '12' }));
  const entry = new RegExp(` +${CAROL}:\\n(?: {4,}.*\\n)+`);
  await save({ 'users.yaml': byHand(await text(), [entry, '\n']) });
  expect(store.current().accounts.has(CAROL)).toBe(false);
  expect(await aside()).toEqual([]);
});

test('nothing is merged where a hand changes all that a command has just written', async () => {
  const { edit, save, text, notices } = await desk();
  await edit(set(['users', BOB, 'metadata'], { room: '12', desk: '3' }));
  const newest = await text();
  const saved = byHand(byHand(newest, ['"12"', '"14"']), ['"3"', '"4"']);
  await save({ 'users.yaml': saved });
  expect(await text()).toBe(saved);
  expect(notices.filter(isMerged)).toEqual([]);
});

test.each([
  [
    'containers.yaml',
    ['env: {THEME: dark} ', 'env: {THEME: dark, DEBUG: "1", LOG: all} '],
    ['DEBUG: "1", LOG: all', 'LOG: some'],
  ],
  [
    'users.yaml',
    ['desk: "12"', 'desk: "12", room: "1", floor: "2", seat: x'],
    ['"12", room: "1", floor: "2", seat: x', '"13"'],
  ],
] as const)(
  'who goes on with their own work on %s, and takes a part of it back, may do so',
  async (file, one, other) => {
    const { save, text, notices, aside } = await desk();
    const first = byHand(await text(file), one);
    await save({ [file]: first });
    const second = byHand(first, other);
    await save({ [file]: second });
    expect(await text(file)).toBe(second);
    expect(notices.filter(isMerged)).toEqual([]);
    expect(await aside()).toEqual([first]);
  },
);

test('nobody is told of a layout that a hand takes back', async () => {
  const { save, text, aside } = await desk();
  const opened = await text();
  await save({ 'users.yaml': byHand(opened, ['"alice"   #', '"alice" #']) });
  await save({ 'users.yaml': opened });
  await save({ 'users.yaml': byHand(opened, ['"alice"   #', '"alice"  #']) });
  expect(await aside()).toEqual([]);
});

test.each<
  [
    what: string,
    file: string,
    first: readonly [string, string],
    change: Set,
    second: readonly (readonly [string, string])[],
  ]
>([
  [
    'a template',
    'containers.yaml',
    ['image: gpu:1', 'image: gpu:1\n    env: {DEBUG: "1"}\n    pull: always'],
    [['containers', 'lab', 'image'], 'lab:2'],
    [
      ['\n    env: {DEBUG: "1"}\n    pull: always', ''],
      ['lab:2', 'lab:3'],
    ],
  ],
  [
    'a comment',
    'users.yaml',
    ['# founder', '# founder\n  # soon'],
    [
      ['users', BOB, 'containers'],
      ['lab', 'gpu'],
    ],
    [
      ['\n  # soon', ''],
      ['- gpu', '- gpu\n      - shell'],
    ],
  ],
  [
    'a guest',
    'users.yaml',
    ['users:\n', `users:\n  ${CAROL}:\n    username: guest\n    metadata: {room: "1"}\n`],
    [['users', BOB, 'metadata'], { desk: 'p' }],
    [
      [`  ${CAROL}:\n    username: guest\n    metadata: {room: "1"}\n`, ''],
      ['desk: p', 'desk: q'],
    ],
  ],
  [
    'an image that another template goes on with',
    'containers.yaml',
    ['image: gpu:1', `image: gpu@sha256:${'c0'.repeat(32)}`],
    [['containers', 'gpu', 'image'], 'gpu:2'],
    [
      ['gpu:2', 'gpu:3   # newer'],
      ['  lab:', `  old:\n    image: gpu@sha256:${'c0'.repeat(32)}\n  lab:`],
    ],
  ],
])(
  'who takes back their own work on %s, and goes on with a command’s, may do so',
  async (_, file, first, change, second) => {
    const { edit, save, text, notices } = await desk();
    await save({ [file]: byHand(await text(file), first) });
    await edit(set(...change, file));
    const saved = second.reduce(byHand, await text(file));
    await save({ [file]: saved });
    expect(await text(file)).toBe(saved);
    expect(notices.filter(isMerged)).toEqual([]);
  },
);
