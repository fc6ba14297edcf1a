import { expect, test } from 'vitest';
import { closest } from './closest.ts';

test('finds what a typo meant', () => {
  expect(closest('disabledd', ['username', 'disabled', 'clients'])).toBe('disabled');
});

test('prefers the nearer of two', () => {
  expect(closest('lab2', ['lab1x', 'lab22', 'lab'])).toBe('lab22');
});

test('suggests nothing for a word that is like none', () => {
  expect(closest('gpu', ['shell', 'python-lab'])).toBeUndefined();
});
