import { expect, test } from 'vitest';
import { hideSecrets } from './hide-secrets.ts';

test.each([
  ['    password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"', '    password_hash: (hidden)'],
  ['    pasword: hunter2 # old', '    pasword: (hidden)'],
  ['token_hash:', 'token_hash:'],
  ['- API_KEY: a, b {c}', '- API_KEY: (hidden)'],
  ['- "--token=abc"', '- (hidden)'],
  ['  DATABASE_URL: postgres://u:swordfish97@h/db', '  DATABASE_URL: (hidden)'],
  ['env: {A: b, URL: "redis://:swordfish@h"}', 'env: {A: b, URL: (hidden)}'],
  ['    pw: swordfish', '    pw: (hidden)'],
  [': swordfish', '(hidden)'],
  ['# password was hunter2', '# (hidden)'],
  [
    'admin: {username: admin, password_hash: "$pbkdf2-sha256$a{b}"}',
    'admin: {username: admin, password_hash: (hidden)}',
  ],
  ['env: {A: b, PASWORD: c d, TOKEN: e}', 'env: {A: b, PASWORD: (hidden), TOKEN: (hidden)}'],
  ['env: {A: "b", SECRET: {c: d}}', 'env: (hidden)'],
  ['  laptop: {name: x, note: "sha256:abc"}', '  laptop: {name: x, note: (hidden)}'],
  ['- {name: tokens, target: /x}', '- {name: (hidden), target: /x}'],
  ['command: [run, --password, hunter2]', 'command: (hidden)'],
  ['    username: alice', '    username: alice'],
  ['    containers: [lab]', '    containers: [lab]'],
])('shows %j as %j', (line, shown) => {
  expect(hideSecrets('', `${line}\n`)).toEqual([shown]);
});

test('hides a value that goes on for several lines, also where its key is out of sight', () => {
  expect(hideSecrets('env:\n  PASSWORD: >-\n', '    one\n    two\n  A: b\n')).toEqual([
    '    (hidden)',
    '    (hidden)',
    '  A: b',
  ]);
});

test('hides what is below a key that names secrets', () => {
  expect(hideSecrets('', 'secrets:\n  a: b\nplain: c\n')).toEqual([
    'secrets:',
    '  a: (hidden)',
    'plain: c',
  ]);
});

test('hides the words of a list behind one that names a secret, and below a key as deep as they', () => {
  const list = '  - run\n  - --password\n  - swordfish\n  - {name: home}\n  - {name: data}\n';
  expect(hideSecrets('  command:\n', list)).toEqual([
    '  - run',
    '  - --(hidden)',
    '  - (hidden)',
    '  - {name: home}',
    '  - {name: data}',
  ]);
  expect(hideSecrets('', '  tokens:\n  - a\n  - {b: c}\n  plain: d\n')).toEqual([
    '  tokens:',
    '  - (hidden)',
    '  - (hidden)',
    '  plain: d',
  ]);
});
