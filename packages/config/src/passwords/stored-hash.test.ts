import { expect, test } from 'vitest';
import { parseStoredHash } from './stored-hash.ts';

const SALT = 'AAECAwQFBgcICQoLDA0ODw';
const KEY = 'V/LC8HOXSNUWQZsGKohGZjI8WD6krhZVBKgfe1PGKgk';
const BCRYPT = 'abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';

const pbkdf2 = (rounds: number | string, salt = SALT, key = KEY, length = 32) =>
  `$pbkdf2-sha256$i=${rounds},l=${length}$${salt}$${key}`;

test('reads a hash of ours', () => {
  expect(parseStoredHash(pbkdf2(600_000))).toEqual({
    kind: 'pbkdf2',
    rounds: 600_000,
    salt: Buffer.from(SALT, 'base64'),
    key: Buffer.from(KEY, 'base64'),
    isOutdated: false,
  });
});

test.each([
  ['fewer rounds', pbkdf2(599_999), true],
  ['a shorter salt', pbkdf2(600_000, 'AAECAwQFBgc'), true],
  ['more rounds', pbkdf2(10_000_000), false],
  ['a longer salt', pbkdf2(600_000, SALT.repeat(2).slice(0, 43) + 'A'), false],
  ['the fewest rounds', pbkdf2(100_000), true],
])('takes %s than ours', (_, text, isOutdated) => {
  expect(parseStoredHash(text)).toMatchObject({ kind: 'pbkdf2', isOutdated });
});

test.each(['$2b$10$', '$2y$12$', '$2a$14$'])('takes bcrypt %s', (start) => {
  expect(parseStoredHash(start + BCRYPT)).toEqual({ kind: 'bcrypt' });
});

test.each([
  ['one round', pbkdf2(1), 'has 1 round of PBKDF2; at least 100000'],
  ['a round too few', pbkdf2(99_999), 'has 99999 rounds of PBKDF2'],
  ['a salt of one byte', pbkdf2(600_000, 'AA'), 'has a salt of 1 byte; at least 8'],
  ['a salt of 7 bytes', pbkdf2(600_000, 'AAECAwQFBg'), 'has a salt of 7 bytes'],
  ['a cheap bcrypt', `$2b$09$${BCRYPT}`, 'has the bcrypt cost 9; at least 10'],
])('%s is weak', (_, text, why) => {
  expectRefused(text, 'weak', why);
});

const FORM = 'is not in the form $pbkdf2-sha256$i=ROUNDS,l=32$SALT$KEY';

test.each([
  ['nothing', '', 'is of a kind that Berth does not know'],
  ['a password', 'correct horse battery staple', 'is of a kind that Berth does not know'],
  ['argon2', `$argon2id$v=19$m=65536,t=3,p=4$${SALT}$${KEY}`, 'It knows pbkdf2-sha256 and bcrypt'],
  ['PBKDF2 with SHA-1', `$pbkdf2$i=600000,l=32$${SALT}$${KEY}`, 'is of a kind'],
  ['a line before', `\n${pbkdf2(600_000)}`, 'is of a kind'],
  ['passlib’s form', `$pbkdf2-sha256$600000$${SALT}$${KEY}`, FORM],
  ['no rounds', `$pbkdf2-sha256$l=32$${SALT}$${KEY}`, FORM],
  ['rounds in hex', pbkdf2('0x927c0'), FORM],
  ['rounds below zero', pbkdf2('-600000'), FORM],
  ['no rounds at all', pbkdf2('0'), FORM],
  ['more digits than a number has', pbkdf2('9'.repeat(400)), FORM],
  ['an empty salt', pbkdf2(600_000, ''), FORM],
  ['padding', pbkdf2(600_000, `${SALT}==`), FORM],
  ['base64url', pbkdf2(600_000, SALT, KEY.replace('/', '_')), FORM],
  ['a stray character', pbkdf2(600_000, SALT, `${KEY.slice(0, 42)} `), FORM],
  ['bits behind the end', pbkdf2(600_000, `${SALT.slice(0, 21)}x`), FORM],
  ['no key', `$pbkdf2-sha256$i=600000,l=32$${SALT}`, FORM],
  ['a line behind', `${pbkdf2(600_000)}\n`, FORM],
  ['another part', `${pbkdf2(600_000)}$${KEY}`, FORM],
  ['a million million rounds', pbkdf2(1e12), 'asks for 1000000000000 rounds'],
  ['a round too many', pbkdf2(10_000_001), 'at most 10000000 are done'],
  ['a key of one byte', pbkdf2(600_000, SALT, 'AA', 1), 'has a key of 1 byte and says l=1'],
  ['a key cut off', pbkdf2(600_000, SALT, KEY.slice(0, 40)), 'has a key of 30 bytes and says l=32'],
  ['another length than the key has', pbkdf2(600_000, SALT, KEY, 33), '32 bytes and says l=33'],
  ['a key longer than said', pbkdf2(600_000, SALT, `${KEY.slice(0, 42)}AA`), 'a key of 33'],
  ['bcrypt cut off', `$2b$10$${BCRYPT.slice(0, 52)}`, 'is not a whole bcrypt hash'],
  ['bcrypt without a cost', `$2b$${BCRYPT}`, 'is not a whole bcrypt hash'],
  ['a line behind bcrypt', `$2b$10$${BCRYPT}\n`, 'is not a whole bcrypt hash'],
  ['an absurd bcrypt', `$2b$31$${BCRYPT}`, 'has the bcrypt cost 31; at most 14'],
  ['bcrypt’s broken kind', `$2x$10$${BCRYPT}`, 'is of a kind that Berth does not know'],
])('%s is unusable', (_, text, why) => {
  expectRefused(text, 'unusable', why);
});

/** Refused, with a reason to act on, and with nothing of what stood there. */
function expectRefused(text: string, kind: 'weak' | 'unusable', why: string): void {
  const stored = parseStoredHash(text);
  expect(stored).toEqual({ kind, explanation: expect.stringContaining(why) });
  const explanation = 'explanation' in stored ? stored.explanation : '';
  expect(explanation).toMatch(/^The stored hash .*\. Set a new password\.$/);
  for (const secret of [SALT, KEY, BCRYPT, 'horse']) {
    expect(explanation).not.toContain(secret.slice(0, 5));
  }
}
