import { expect, test } from 'vitest';
import { hashPassword, randomPassword } from './passwords.ts';
import { isHashOf } from './testing/passwords.ts';

test('a hash is of its password and of no other', async () => {
  const hash = await hashPassword('correct horse');
  expect(isHashOf(hash, 'correct horse')).toBe(true);
  expect(isHashOf(hash, 'correct horse ')).toBe(false);
});

test('the same password has another hash each time', async () => {
  const [one, two] = await Promise.all([hashPassword('a'), hashPassword('a')]);
  expect(one).not.toBe(two);
});

test('takes the same characters in another composition for the same password', async () => {
  expect(isHashOf(await hashPassword('cafe\u0301'), 'caf\u00e9')).toBe(true);
});

test('random passwords differ and leave out what looks alike', () => {
  const passwords = Array.from({ length: 50 }, randomPassword);
  expect(new Set(passwords).size).toBe(50);
  expect(passwords.join('')).toMatch(/^[^0O1lI]+$/);
});
