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

test.each([
  ['alcie', 'alice'],
  ['lba', 'lab'],
  ['hsell', 'shell'],
  ['disbaled', 'disabled'],
  ['usrename', 'username'],
])('takes two letters that changed places for one mistake: %s', (typed, meant) => {
  expect(closest(typed, ['alice', 'lab', 'shell', 'disabled', 'username'])).toBe(meant);
});

test('takes the first of those that are as near', () => {
  expect(closest('bo', ['jo', 'bob', 'b'])).toBe('jo');
});
