import { expect, test } from 'vitest';
import { refuseShortPassword } from './chosen-password.ts';

test('a password has at least eight characters, whatever they take in memory', () => {
  refuseShortPassword('12345678');
  for (const password of ['', '1234567', '🔑'.repeat(7)]) {
    expect(() => refuseShortPassword(password)).toThrow('A password has at least 8 characters.');
  }
});
