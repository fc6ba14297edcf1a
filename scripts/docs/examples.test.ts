import { expect, test } from 'vitest';
import { examplesOf } from './examples.ts';

const page = (...blocks: string[]): string =>
  blocks.map((text) => `Text.\n\n\`\`\`yaml\n${text}\n\`\`\`\n`).join('\n');

test('a block is of the file that its comment names, whole or a part', () => {
  const whole = '# main.yaml\nversion: 1\n...';
  const part =
    '# A comment\n# users/6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162.yaml: one user\nlimits: {}';
  expect(examplesOf(page(whole, part))).toEqual([
    { file: 'main.yaml', line: 3, isWhole: true, text: `${whole}\n` },
    {
      file: 'users/6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162.yaml',
      line: 11,
      isWhole: false,
      text: `${part}\n...\n`,
    },
  ]);
});

test('a block that names no file is refused with what to do', () => {
  for (const text of ['pull: never', '# pull.yaml\npull: never', 'a: 1\n# main.yaml\nb: 1']) {
    expect(() => examplesOf(page(text))).toThrow(
      'Line 3: which file is this YAML from? Begin it with a comment, such as "# containers.yaml"',
    );
  }
});

test('a block of another language is none', () => {
  expect(examplesOf('```text\nversion: 1\n```\n')).toEqual([]);
});
