import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compareSync } from 'bcryptjs';
import { expect, test } from 'vitest';
import { matchesBcrypt } from './bcrypt.ts';

// Made by libxcrypt.
const HASH = '$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';
const CAFE = '$2y$10$abcdefghijklmnopqrstuul0EMXed5M6libIx/0zYb4mzRfN.CFUm';
const ABC = '$2a$10$WvvTPHKwdBJ3uk0Z37EMR.hLA2W6N9AEBhEgrAOljy2Ae5MtaSIUi';
const LONG = '$2b$10$abcdefghijklmnopqrstuuiYfj.JCH/8Hff5KmeyaPABzfEqwvS.a';
/** Of 71 letters and one of two bytes, of which bcrypt sees the first. */
const CUT = '$2b$10$abcdefghijklmnopqrstuuB.HWjE6o7rrywvWU1kZbRVkOIzy1oy2';

test.each([
  ['correct horse', HASH],
  ['caf\u00e9', CAFE],
  ['abc', ABC],
  ['a'.repeat(72), LONG],
])('%j is the password that others made a hash of', async (password, hash) => {
  expect(await matchesBcrypt({ password, hash })).toBe(true);
});

test('another password is not', async () => {
  expect(await matchesBcrypt({ password: 'correct horse ', hash: HASH })).toBe(false);
});

test.each([
  ['a'.repeat(73), LONG],
  [`${'a'.repeat(71)}\u00e9`, CUT],
])(
  '%j would be cut off, so it matches nothing, though bcrypt would take it',
  async (password, hash) => {
    expect(compareSync(password, hash)).toBe(true);
    expect(await matchesBcrypt({ password, hash })).toBe(false);
  },
);

test('the event loop turns while a password is checked', async () => {
  const steps: string[] = [];
  const checked = matchesBcrypt({ password: 'correct horse', hash: HASH }).then(() =>
    steps.push('checked'),
  );
  setImmediate(() => steps.push('a turn'));
  await checked;
  expect(steps).toEqual(['a turn', 'checked']);
});

const ends = new URL('data:text/javascript,process.exit(3)');
const throws = new URL('data:text/javascript,throw new Error("no memory left")');

test.each([
  ['ends', ends, 'The thread for bcrypt ended with 3 and no answer.'],
  ['throws', throws, 'no memory left'],
])('a thread that %s fails its question, and no other', async (_, thread, cause) => {
  const question = { password: 'correct horse', hash: HASH };
  const [failed, other] = [matchesBcrypt(question, thread), matchesBcrypt(question)];
  await expect(failed).rejects.toMatchObject({
    code: 'internal',
    message: 'The password could not be checked. Try again.',
    cause: expect.objectContaining({ message: cause }),
  });
  expect(await other).toBe(true);
  expect(await matchesBcrypt(question)).toBe(true);
});

test('a program ends once it has its answer', async () => {
  const module = new URL('bcrypt.ts', import.meta.url).href;
  const question = { password: 'correct horse', hash: HASH };
  const program = `import { matchesBcrypt } from '${module}';
    console.log(await matchesBcrypt(${JSON.stringify(question)}));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    program,
  ]);
  expect(stdout).toBe('true\n');
});
