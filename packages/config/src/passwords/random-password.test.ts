import { expect, test } from 'vitest';
import { randomPassword } from './random-password.ts';

test('random passwords differ and leave out what looks alike', () => {
  const passwords = Array.from({ length: 50 }, randomPassword);
  expect(new Set(passwords).size).toBe(50);
  expect(passwords.join('')).toMatch(/^[^0O1lI]+$/);
});
