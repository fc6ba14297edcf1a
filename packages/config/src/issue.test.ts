import { ContainersFile, MainFile, UserFile, UsersFile } from '@berth/contract';
import { expect, test } from 'vitest';
import { configInvalid, formatIssue, issueAt } from './issue.ts';

const TOKEN = 'Xk3_dfk-29dkJdkf92kfJdk20dkfjK20dkf93kdjfkK';
const HASH = `sha256:${'5e884898da28047151d0e56f8dc62927'.repeat(2)}`;

/** How an error at the first `|` of the text is told; the mark is taken out. */
function told(text: string, message = 'is wrong'): string {
  const offset = text.indexOf('|');
  return formatIssue(issueAt('users.yaml', text.replace('|', ''), offset, message));
}

test('an error is told with its place, its line, and a mark', () => {
  expect(told('version: 1\n  |usernam: alice\n...\n', 'unknown key "usernam"')).toBe(
    `users.yaml:2:3: unknown key "usernam"
  2 |   usernam: alice
        ^`,
  );
});

test('several are told from top to bottom, file by file as they came', () => {
  const places = [
    ['users.yaml', 5],
    ['main.yaml', 3],
    ['users.yaml', 0],
    ['users.yaml', 2],
  ] as const;
  const issues = places.map(([file, offset]) => issueAt(file, 'ab\ncdef', offset, 'is wrong'));
  const { details } = configInvalid(issues);
  expect(details['issues']).toEqual(
    [
      ['users.yaml', 1, 1],
      ['users.yaml', 1, 3],
      ['users.yaml', 2, 3],
      ['main.yaml', 2, 1],
    ].map(([file, line, column]) => ({ file, line, column, message: 'is wrong' })),
  );
});

test.each([
  ['names', '    image: |registry.example/python-lab:2026.11'],
  ['mixed names', '  h5py-lab: {image: |pytorch/pytorch-cuda12.4:nightly-py311}'],
  ['times', 'created: |2026-11-23T10:00:00Z'],
  ['UUIDs', '  |6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:'],
  ['UUIDs with a mistake', '  |6b1f0a3e-2c5d-4f8e-9a07-1d2e3f40516:'],
  ['addresses', 'pool: |10.201.0.0/16'],
  ['ports', 'range: |20000-29999'],
  ['files of users', 'see: |users/6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162.yaml'],
  ['addresses of the web', 'page: |https://registry.example/lab?tab=1'],
  ['people’s addresses', 'mail: |alice@lab.example'],
  ['paths', 'host: |unix:///var/run/docker.sock'],
  ['variables', 'env: {|NVIDIA_VISIBLE_DEVICES: all}'],
])('%s are shown', (_, line) => {
  expect(told(line)).toContain(`  1 | ${line.replace('|', '')}\n`);
});

test.each([
  ['a hash', `token_hash: |${HASH}`],
  ['a password', 'password: |hunter2'],
  ['a password behind a typo', 'pasword: |hunter2'],
  ['a value of several lines', 'password: >\n    correct\n    |horse'],
  ...['pw', 'db_pw', 'passwort', 'kennwort', 'passwd', 'pwd', 'pass', 'secret', 'api_key', 'apikey']
    .concat([
      'DEPLOY_KEY',
      'ssh-key',
      'key',
      '"pin"',
      'geheimnis',
      'schlüssel',
      'zugangsdaten',
      'dsn',
    ])
    .map((key) => [key, `${key}: |swordfish`]),
  ['a value of a key of the long form', '? name\n: |swordfish'],
  ['a value below such a key', '- ? >\n    name\n  :\n    |swordfish'],
  ['an address with a password', 'URL: |postgres://u:swordfish97@h/db'],
  ['an address with a password in it, and no scheme', 'DB: |u:swordfish97@tcp(h)/db'],
  ['an address with a key', 'URL: "|https://h/x?key=swordfish"'],
  ['a block below', '  secret:\n    words:\n      - |battery'],
])('the line of %s is not shown', (_, text) => {
  expect(told(text)).toMatch(/^users\.yaml:\d:\d+: is wrong$/);
});

test('what looks like a hash or a token is covered, and the mark stays below its place', () => {
  expect(told(`username: ${TOKEN}, |rights: []`, `unknown key "${TOKEN}"`)).toBe(
    `users.yaml:1:56: unknown key "[hidden]"
  1 | username: ${'*'.repeat(TOKEN.length)}, rights: []
${' '.repeat(6 + 55)}^`,
  );
});

test('a word beside a broken token could be a piece of it, unless it is a key of ours', () => {
  const broken = `${TOKEN.slice(9)}\nabcdefghi: |1`;
  expect(told(broken, 'unknown key "abcdefghi"')).toBe(
    'users.yaml:2:12: unknown key "[hidden]"\n  2 | *********: 1\n                 ^',
  );
  expect(told(`${TOKEN.slice(9)}\ndisabledd: |1`, 'unknown key "disabledd"')).toContain(
    'unknown key "disabledd"\n  2 | disabledd: 1',
  );
});

test.each([
  '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162',
  '6B1F0A3E-2C5D-4F8E-9A07-1D2E3F405162',
  '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f40516',
])('a UUID is shown beside a broken token too: %s', (uuid) => {
  expect(told(`${TOKEN.slice(9)}\n  ${uuid}|: 1`, `"${uuid}" is not a valid key`)).toContain(
    `"${uuid}" is not a valid key\n  2 |   ${uuid}: 1\n`,
  );
});

test('no message has the password of an address', () => {
  const message = 'unknown key "postgres://u:swordfish@h/db"';
  expect(told('|x', message)).toContain('unknown key "postgres://[hidden]@h/db"');
});

test('a word beside a hash that is whole is no piece of it', () => {
  expect(told(`  a: ${HASH}\n  containers: [|python-lab]`, 'no template "python-lab"')).toContain(
    'no template "python-lab"\n  2 |   containers: [python-lab]',
  );
});

test.each([
  ['not valid YAML: undeclared tag handle "!hunter!"', 'undeclared tag handle'],
  [
    'not valid YAML: tag name cannot contain such characters: !hunter^',
    'tag name cannot contain such characters',
  ],
  ['not valid YAML: unknown scalar tag !<hunter>', 'unknown scalar tag'],
  ["not valid YAML: expected ':' after a mapping key", "expected ':' after a mapping key"],
])('%s: no quote of the file is told', (message, reason) => {
  expect(told('|x', message)).toMatch(`: not valid YAML: ${reason}\n`);
});

test('nothing in a file can move the cursor of a terminal', () => {
  expect(told('a\u001b[2J\u009b\u202e|b', 'unknown key "\u009b\u2028"')).toBe(
    'users.yaml:1:8: unknown key "  "\n  1 | a [2J  b\n             ^',
  );
});

test('every word of our own messages is shown', () => {
  const texts = [MainFile, ContainersFile, UsersFile, UserFile].flatMap(textsOf);
  expect(texts).toContain('Where berthd answers.');
  for (const text of texts) expect(issueAt('x', '', 0, text).message).toBe(text);
});

function textsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Object.entries(schema).flatMap(([key, value]: [string, unknown]) =>
    key === 'description' || key === 'patternErrorMessage' ? String(value) : [],
  );
  return [...own, ...Object.values(schema).flatMap(textsOf)];
}
