import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { createValidators } from './validate.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const LAPTOP = '0f4e7a52-93c1-4b60-8d2f-6a5b4c3d2e1f';

const validators = createValidators();

/** What is wrong with a file, as `path: message`. */
function told(file: keyof typeof validators, text: string): string[] {
  return validators[file](load(text)).map(({ path, message }) => `${path.join('/')}: ${message}`);
}

const template = (rest: string): string[] =>
  told('containers', `{version: 1, containers: {lab: {image: x, ${rest}}}}`).map((text) =>
    text.replace('containers/lab/', ''),
  );
const user = (rest: string): string[] =>
  told('users', `{version: 1, users: {${ALICE}: {username: alice, ${rest}}}}`).map((text) =>
    text.replace(`users/${ALICE}/`, ''),
  );
const main = (text: string): string[] =>
  told(
    'main',
    `version: 1\nadmin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$x$y"}\n${text}\n`,
  );

describe('what a hand left empty', () => {
  test.each([
    ['a mapping', user('clients: '), 'clients: is empty: write {} or remove the key'],
    ['a section', main('server:'), 'server: is empty: write {} or remove the key'],
    ['a list', user('containers: '), 'containers: is empty: write [] or remove the key'],
    [
      'a list that needs an item',
      template('command: '),
      'command: is empty: write a list or remove the key',
    ],
    ['a switch', user('disabled: '), 'disabled: is empty: write true or false or remove the key'],
    [
      'a choice',
      template('pull: '),
      'pull: is empty: write "missing", "always" or "never" or remove the key',
    ],
    [
      'a number',
      main('server: {port: }'),
      'server/port: is empty: write a whole number or remove the key',
    ],
    [
      'an item',
      user('rights: [admin, null]'),
      'rights/1: is empty: write "admin" or "monitor" or remove the item',
    ],
    [
      'a name that must be there',
      told('users', `{version: 1, users: {${ALICE}: {username: }}}`),
      `users/${ALICE}/username: is empty: write lower-case letters, digits and hyphens, starting with a letter; at most 32`,
    ],
    [
      'an entry',
      told('containers', '{version: 1, containers: {lab: }}'),
      'containers/lab: is empty: it needs "image"',
    ],
    [
      'the entries',
      told('containers', '{version: 1, containers: }'),
      'containers: is empty: write {}',
    ],
    ['the version', told('user', 'version:'), 'version: is empty: write 1'],
    ['the file', told('main', 'null'), ': is empty: it needs "version" and "admin"'],
  ])('%s', (_, faults, expected) => {
    expect(faults).toEqual([expected]);
  });
});

describe('a value of the wrong type', () => {
  test.each([
    [
      'text for a number',
      main('server: {port: http}'),
      'server/port: must be a whole number, is text (TCP port; 0 takes a free one, and the log says which.)',
    ],
    [
      'a number in quotes',
      template('resources: {cpus: "2"}'),
      'resources/cpus: must be a number: take it out of its quotes (CPU cores, in hundredths.)',
    ],
    [
      'a part of a port',
      main('server: {port: 80.5}'),
      'server/port: must be a whole number (TCP port; 0 takes a free one, and the log says which.)',
    ],
    [
      'a number for text',
      template('env: {JUPYTER_PORT: 8888}'),
      'env/JUPYTER_PORT: must be text: put it in quotes (Value of the variable: a single line.)',
    ],
    [
      'text for a list',
      user('containers: lab'),
      'containers: must be a list, is text: write [a, b] (Templates they may start. Empty means none.)',
    ],
    [
      'a list for a mapping',
      user('metadata: [team]'),
      'metadata: must be a mapping, is a list (Notes of your own: a text for each name.)',
    ],
    [
      'a word for a switch',
      user('disabled: "yes"'),
      'disabled: must be true or false, is text (Refuses every client and login of theirs, and ends their containers, as a stop does.)',
    ],
    ['another version', told('user', 'version: 2'), 'version: must be 1'],
    ['the version in quotes', told('user', 'version: "1"'), 'version: must be 1 without quotes'],
  ])('%s', (_, faults, expected) => {
    expect(faults).toEqual([expected]);
  });
});

describe('a value that does not pass', () => {
  test.each([
    [
      'a name in capitals',
      told('users', `{version: 1, users: {${ALICE}: {username: Alice}}}`),
      `users/${ALICE}/username: must be lower-case letters, digits and hyphens, starting with a letter; at most 32`,
    ],
    [
      'a size without its unit',
      template('shm_size: "64"'),
      'shm_size: must be a size with a binary unit, such as 512m or 8g (units: b, k, m, g, t)',
    ],
    [
      'a moment that is none',
      user(
        `clients: {${LAPTOP}: {name: a, token_hash: "sha256:${'a'.repeat(64)}", created: "2026-11-23T10:00:00Z", expires: tomorrow}}`,
      ),
      `clients/${LAPTOP}/expires: must be a moment in UTC that the calendar has, such as 2026-11-23T10:00:00Z or null`,
    ],
    [
      'a typo in a choice',
      template('pull: alway'),
      'pull: must be "missing", "always" or "never" (did you mean "always"?)',
    ],
    [
      'another choice',
      template('pull: often'),
      'pull: must be "missing", "always" or "never" (When to fetch the image from its registry.)',
    ],
    [
      'too little',
      template('resources: {pids: 0}'),
      'resources/pids: must be at least 1 (Processes and threads.)',
    ],
    [
      'too little of something that has steps',
      template('resources: {cpus: 0.001}'),
      'resources/cpus: must be at least 0.01 (CPU cores, in hundredths.)',
    ],
    [
      'too much',
      main('server: {port: 70000}'),
      'server/port: must be at most 65535 (TCP port; 0 takes a free one, and the log says which.)',
    ],
    [
      'a fraction of a hundredth',
      template('resources: {cpus: 0.295}'),
      'resources/cpus: must be in steps of 0.01 (CPU cores, in hundredths.)',
    ],
    [
      'too long a text',
      template(`description: ${'x'.repeat(501)}`),
      'description: is longer than 500 characters (What it is for, in words for people.)',
    ],
    [
      'an empty text',
      main('state: {directory: ""}'),
      'state/directory: must not be an empty text (Enrolments, invites, logins and the audit trail, in a folder of their own; relative to this folder.)',
    ],
    [
      'an empty list',
      template('command: []'),
      'command: must have at least 1 item (Words of the command; the image’s own unless given.)',
    ],
    [
      'too many items',
      template(`volumes: [${'{name: a, target: /a}, '.repeat(33)}]`),
      'volumes: has more than 32 items (Folders that are kept apart from the container.)',
    ],
    [
      'an item twice',
      template('capabilities: [CHOWN, KILL, CHOWN]'),
      'capabilities/2: is in the list already, as item 1',
    ],
    [
      'a template twice',
      user('containers: [lab, shell, lab]'),
      'containers/2: is in the list already, as item 1',
    ],
    [
      'a right twice',
      user('rights: [admin, admin]'),
      'rights/1: is in the list already, as item 1',
    ],
    [
      'a template twice in their own file',
      told('user', '{version: 1, containers: {allow: [a, a], deny: [b, b]}}'),
      'containers/allow/1: is in the list already, as item 1',
      'containers/deny/1: is in the list already, as item 1',
    ],
  ])('%s', (_, faults, ...expected) => {
    expect(faults).toEqual(expected);
  });
});

describe('a key', () => {
  test.each([
    [
      'with a typo',
      user('disabledd: true'),
      'disabledd: unknown key "disabledd" (did you mean "disabled"?)',
    ],
    [
      'that belongs elsewhere',
      template('memory: 2g'),
      'memory: unknown key "memory" (it belongs below "resources")',
    ],
    [
      'that nothing is like',
      main('server: {privileged: true}'),
      'server/privileged: unknown key "privileged" (allowed: host, port, tls, max_connections, max_connections_per_address, trusted_proxies)',
    ],
    [
      'of the wrong form',
      told('containers', '{version: 1, containers: {Lab_1: {image: x}}}'),
      'containers/Lab_1: "Lab_1" is not a valid key here: it must be lower-case letters, digits and hyphens, starting with a letter; at most 32',
    ],
    [
      'with capitals, and else in order',
      told('users', `{version: 1, users: {${ALICE.toUpperCase()}: {username: alice}}}`),
      `users/${ALICE.toUpperCase()}: "${ALICE.toUpperCase()}" is not a valid key here: write it in lower case`,
    ],
    ...['PATH', 'ENV', 'BASH_ENV', 'LD_PRELOAD'].map((name) => [
      `that is the forbidden variable ${name}`,
      template(`env: {${name}: x}`),
      `env/${name}: "${name}" is not a valid key here: it must be the name of a variable: letters, digits and _, but not LD_*, PATH, ENV or BASH_ENV`,
    ]),
    [
      'that is missing',
      told('containers', '{version: 1, containers: {lab: {}}}'),
      'containers/lab: the key "image" is missing (Image reference, with tag or digest.)',
    ],
  ])('%s', (_, faults, expected) => {
    expect(faults).toEqual([expected]);
  });
});

test('several mistakes at one place are told each, and one more than is shown', () => {
  expect(told('user', '{version: 1, limit: {}, override: {}}')).toEqual([
    'limit: unknown key "limit" (did you mean "limits"?)',
    'override: unknown key "override" (did you mean "overrides"?)',
  ]);
  const many = Array.from({ length: 40 }, (_, n) => `k${n}: 1`).join(', ');
  expect(told('user', `{version: 1, ${many}}`)).toHaveLength(21);
});
