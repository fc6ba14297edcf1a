import { expect, test } from 'vitest';
import { hashPassword, randomPassword, verifyPassword } from './passwords.ts';

test('verifies the password it hashed and no other', async () => {
  const hash = await hashPassword('correct horse');
  expect(hash).toMatch(/^\$pbkdf2-sha256\$i=600000,l=32\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword('correct horse ', hash)).toBe(false);
});

test('the same password has another hash each time', async () => {
  const [one, two] = await Promise.all([hashPassword('a'), hashPassword('a')]);
  expect(one).not.toBe(two);
});

test('takes the same characters in another composition for the same password', async () => {
  expect(await verifyPassword('caf\u00e9', await hashPassword('cafe\u0301'))).toBe(true);
});

test.each([
  ['fewer rounds', (hash: string) => hash.replace('i=600000', 'i=1')],
  ['another scheme', (hash: string) => hash.replace('pbkdf2-sha256', 'pbkdf2-sha1')],
  ['a cut', (hash: string) => hash.slice(0, -1)],
])('refuses a hash with %s', async (_, damage) => {
  expect(await verifyPassword('a', damage(await hashPassword('a')))).toBe(false);
});

test('random passwords differ and leave out what looks alike', () => {
  const passwords = Array.from({ length: 50 }, randomPassword);
  expect(new Set(passwords).size).toBe(50);
  expect(passwords.join('')).toMatch(/^[^0O1lI]+$/);
});
