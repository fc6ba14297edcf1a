import { applyPatch } from 'diff';
import { describe, expect, test } from 'vitest';
import { contentOf, type Content } from '../store/content.ts';
import { diffContents, type FileDiff } from './diff.ts';

const USERS = `# the team
version: 1
users:
${Array.from(
  { length: 40 },
  (_, index) => `  0000000${index % 10}-000${Math.floor(index / 10)}-4000-8000-000000000000:
    username: user${index}
    containers: [lab]
    metadata: {note: "größe ${index}"}
`,
).join('')}...
`;

const one = (file: string, text: string): Map<string, Content> =>
  new Map([[file, contentOf(file, Buffer.from(text))]]);

const diffOf = (file: string, before: string, after: string): FileDiff => {
  const [diff] = diffContents(one(file, before), one(file, after), false);
  if (diff === undefined) throw new Error('No difference');
  return diff;
};

const patched = (before: string, { file, lines }: FileDiff): string | false =>
  applyPatch(before, `--- ${file}\n+++ ${file}\n${lines.join('\n')}\n`, { fuzzFactor: 0 });

describe('a difference', () => {
  test('in one entry shows its lines, their numbers and a few around them', () => {
    const diff = diffOf('users.yaml', USERS, USERS.replace('user20\n', 'user20x\n'));
    expect(diff).toMatchObject({ change: 'changed', added: 1, removed: 1, isHiding: false });
    expect(diff.lines).toEqual([
      '@@ -82,7 +82,7 @@',
      '     containers: [lab]',
      '     metadata: {note: "größe 19"}',
      '   00000000-0002-4000-8000-000000000000:',
      '-    username: user20',
      '+    username: user20x',
      '     containers: [lab]',
      '     metadata: {note: "größe 20"}',
      '   00000001-0002-4000-8000-000000000000:',
    ]);
  });

  const entry = (index: number): string =>
    USERS.split(/(?=^ {2}0)/m)[index + 1]?.replace('...\n', '') ?? '';
  const swapped = (text: string, index: number): string =>
    text.replace(entry(index) + entry(index + 1), entry(index + 1) + entry(index));
  test.each<[string, string]>([
    ['of two entries far apart', USERS.replace('user3\n', 'x\ny: 1\n').replace('user30\n', 'z\n')],
    ['of an entry that goes', USERS.replace(entry(7), '')],
    ['of two entries next to each other', USERS.replace(entry(7) + entry(8), '')],
    ['of entries that change places', swapped(USERS, 12)],
    ['of the head', USERS.replace('# the team\n', '# all\n# of them\n')],
    ['of the end', USERS.replace(/\.\.\.\n$/, '# over\n...\n')],
    ['of everything', 'version: 1\nusers: {}\n...\n'],
    ['of a text that cannot be cut', USERS.replace(/ {2}0/, '   0')],
    ['of a last line without an end', USERS.slice(0, -1)],
  ])('%s leads from the one to the other', (_what, after) => {
    expect(patched(USERS, diffOf('users.yaml', USERS, after))).toBe(after);
    expect(patched(after, diffOf('users.yaml', after, USERS))).toBe(USERS);
  });

  test('of more than can be compared shows all old lines and all new ones', () => {
    const before = Array.from({ length: 3000 }, (_, index) => `a${index}: 1\n`).join('');
    const after = before.replaceAll(': 1', ': 2');
    const diff = diffOf('main.yaml', `{\n${before}`, `{\n${after}`);
    expect(diff).toMatchObject({ added: 3001, removed: 3001 });
    expect(patched(`{\n${before}`, diff)).toBe(`{\n${after}`);
  });

  test('of a file that is new or gone is all of it', () => {
    const file = one('main.yaml', 'a: 1\nb: 2\n');
    expect(diffContents(new Map(), file, false)).toEqual([
      {
        file: 'main.yaml',
        change: 'added',
        added: 2,
        removed: 0,
        lines: ['@@ -0,0 +1,2 @@', '+a: 1', '+b: 2'],
        isHiding: false,
      },
    ]);
    expect(diffContents(file, new Map(), false)[0]).toMatchObject({
      change: 'removed',
      removed: 2,
      lines: ['@@ -1,2 +0,0 @@', '-a: 1', '-b: 2'],
    });
  });

  test('hides hashes unless they are asked for', () => {
    const before = one('main.yaml', 'a: 1\npassword_hash: old\n');
    const after = one('main.yaml', 'a: 2\npassword_hash: new\n');
    expect(diffContents(before, after, false)[0]).toMatchObject({
      lines: [
        '@@ -1,2 +1,2 @@',
        '-a: 1',
        '-password_hash: (hidden)',
        '+a: 2',
        '+password_hash: (hidden)',
      ],
      isHiding: true,
    });
    expect(diffContents(before, after, true)[0]).toMatchObject({
      lines: expect.arrayContaining(['-password_hash: old', '+password_hash: new']),
      isHiding: false,
    });
  });

  test('shows nothing that would move the cursor of a terminal', () => {
    const diff = diffOf('main.yaml', 'a: 1\n', 'a: "\u001b[2J\u202e"\n');
    expect(diff.lines.at(-1)).toBe('+a: " [2J "');
  });
});
