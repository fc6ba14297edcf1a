import { expect, test } from 'vitest';
import { formatAuthorization, parseAuthorization } from './credential.ts';

const clientId = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const secret = 'a'.repeat(43);

test('reads back the header it writes', () => {
  expect(parseAuthorization(formatAuthorization({ clientId, secret }))).toEqual({
    clientId,
    secret,
  });
});

test('an id by itself comes with nothing that proves it', () => {
  expect(parseAuthorization(`Bearer ${clientId}`)).toEqual({ clientId, secret: '' });
});

test.each([
  ['no scheme', `${clientId}.${secret}`],
  ['another scheme', `Basic ${clientId}.${secret}`],
  ['an id and a dot', `Bearer ${clientId}.`],
  ['a short secret', `Bearer ${clientId}.abc`],
  ['a long secret', `Bearer ${clientId}.${'a'.repeat(44)}`],
  ['an id in upper case', `Bearer ${clientId.toUpperCase()}.${secret}`],
  ['something behind it', `Bearer ${clientId}.${secret} x`],
])('refuses %s', (_, header) => {
  expect(parseAuthorization(header)).toBeUndefined();
});
