import { expect, test } from 'vitest';
import { berthName } from './user.ts';

test.each([
  ['alice', 'alice'],
  ['John.Doe', 'john-doe'],
  ['DOMAIN\\bob', 'domain-bob'],
  ['rené', 'rene'],
  ['1st_user', 'st-user'],
  ['_apt', 'apt'],
  ['a'.repeat(40), 'a'.repeat(32)],
  [`${'a'.repeat(31)}.b`, 'a'.repeat(31)],
  ['uid 1234', 'uid-1234'],
  ['山田', 'user'],
  ['', 'user'],
])('makes of the login %j the name %s', (login, name) => {
  expect(berthName(login)).toBe(name);
  expect(name).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
});
