import { Check } from 'typebox/value';
import { expect, test } from 'vitest';
import { MainFile } from './main-file.ts';
import { PasswordHash } from './password-hash.ts';
import { User } from './users-file.ts';

const PBKDF2 =
  '$pbkdf2-sha256$i=600000,l=32$AAECAwQFBgcICQoLDA0ODw$V/LC8HOXSNUWQZsGKohGZjI8WD6krhZVBKgfe1PGKgk';
const BCRYPT = '$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';

test.each([PBKDF2, `$2b${BCRYPT}`, `$2y${BCRYPT}`, `$2a${BCRYPT}`])('%s is a hash', (hash) => {
  expect(Check(PasswordHash, hash)).toBe(true);
});

test.each([
  ['a password', 'correct horse'],
  ['another algorithm', PBKDF2.replace('sha256', 'sha512')],
  ['another form', PBKDF2.replace('i=600000,l=32', '600000')],
  ['a hash without its key', PBKDF2.slice(0, PBKDF2.lastIndexOf('$'))],
  ['a hash with a blank in it', PBKDF2.replace('/', ' ')],
  ['bcrypt cut off', `$2b${BCRYPT.slice(0, -1)}`],
  ['bcrypt’s broken kind', `$2x${BCRYPT}`],
])('%s is none', (_, text) => {
  expect(Check(PasswordHash, text)).toBe(false);
});

test('the admin and the users may have the same', () => {
  const hash = `$2y${BCRYPT}`;
  expect(Check(User, { username: 'alice', password_hash: hash })).toBe(true);
  expect(Check(MainFile.properties.admin, { username: 'admin', password_hash: hash })).toBe(true);
});
