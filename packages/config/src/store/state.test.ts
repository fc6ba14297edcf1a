import { Problem } from '@berth/contract';
import { expect, test } from 'vitest';
import { VALID } from '../testing/folder.ts';
import { createValidators } from '../validate.ts';
import { contentOf, type Content } from './content.ts';
import { createNextState, type State } from './state.ts';
import { checkReloads } from './testing/reload-property.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const OWN = `users/${ALICE}.yaml`;

const nextState = createNextState('/config', createValidators());

const changes = (
  texts: Readonly<Record<string, string | undefined>>,
): Map<string, Content | undefined> =>
  new Map(
    Object.entries(texts).map(([file, text]) => [
      file,
      text === undefined ? undefined : contentOf(file, Buffer.from(text)),
    ]),
  );

const stateOf = (texts: Readonly<Record<string, string>>): State =>
  nextState(undefined, changes({ ...VALID, ...texts }));

const namesIn = ({ config }: State): string[] => [...config.accountByName.keys()].toSorted();

function errorOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return 'none';
}

test.each([
  ['as we write it', (users: string) => `version: 1\nusers:\n${users}...\n`],
  [
    'with quoted keys',
    (users: string) => `version: 1\nusers:\n${users.replaceAll(/^ {2}([^:]+):/gm, '  "$1":')}...\n`,
  ],
])('a user who goes with their own file is gone, from a file %s', (_, textOf) => {
  const [alice, bob] = [`  ${ALICE}: {username: alice}\n`, `  ${BOB}: {username: bob}\n`];
  const before = stateOf({ 'users.yaml': textOf(alice + bob), [OWN]: 'version: 1\n...\n' });
  expect(namesIn(before)).toEqual(['alice', 'bob']);
  const after = nextState(before, changes({ 'users.yaml': textOf(bob), [OWN]: undefined }));
  expect(namesIn(after)).toEqual(['bob']);
});

test('a name that two have is told at the second of them, whoever was there before', () => {
  const [alice, bob] = [`  ${ALICE}: {username: ann}\n`, `  ${BOB}: {username: ann}\n`];
  const before = stateOf({ 'users.yaml': `version: 1\nusers:\n${bob}...\n` });
  const both = changes({ 'users.yaml': `version: 1\nusers:\n${alice}${bob}...\n` });
  expect(errorOf(() => nextState(before, both))).toContain(
    'users.yaml:4:52: another user is called ann',
  );
});

test('errors in users’ own files are told in the same order, in whichever the disk lists them', () => {
  const before = stateOf({});
  const [one, two] = [ALICE, BOB].map((id) => [`users/${id}.yaml`, 'version: 2\n...\n'] as const);
  const messages = [
    [one, two],
    [two, one],
  ].map((files) =>
    errorOf(() =>
      nextState(before, changes(Object.fromEntries(files.filter((each) => each !== undefined)))),
    ),
  );
  expect(messages[0]).toBe(messages[1]);
});

test('whatever changes: what goes by the state before is what loading everything gives', () => {
  expect(checkReloads(400)).toBeGreaterThan(50);
});
