import { expect, test } from 'vitest';
import { unreachable } from './unreachable.ts';

const failure = (code: string): Error => Object.assign(new Error('dialling failed'), { code });

test.each([
  ['ECONNREFUSED', 'Nothing answers at https://b.example:1.'],
  ['ENOTFOUND', 'There is no host named b.example.'],
  ['EAI_AGAIN', 'The name b.example could not be looked up.'],
  ['EHOSTUNREACH', 'There is no way from here to b.example.'],
  ['ENETUNREACH', 'There is no way from here to b.example.'],
  ['ETIMEDOUT', 'https://b.example:1 does not answer.'],
  ['ECONNRESET', 'https://b.example:1 ended the connection.'],
  ['EPIPE', 'https://b.example:1 ended the connection.'],
  ['EPROTO', 'https://b.example:1 does not speak HTTPS.'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'is not one that this machine trusts.'],
  ['CERT_HAS_EXPIRED', 'has expired.'],
  ['CERT_NOT_YET_VALID', 'is not valid yet.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is not for b.example.'],
  ['HPE_INVALID_CONSTANT', 'is not a Berth server.'],
  ['ESOMETHING', 'https://b.example:1 could not be reached.'],
])('explains %s and says what to do', (code, headline) => {
  const problem = unreachable('https://b.example:1', failure(code));
  const [first, ...hints] = problem.message.split('\n');
  expect(first).toContain(headline);
  expect(hints.join('')).not.toBe('');
  expect(problem.code).toBe('server_unreachable');
  expect(problem.details['server']).toBe('https://b.example:1');
});

test('suspects https where plain HTTP is cut off', () => {
  const problem = unreachable('http://b.example:1', failure('ECONNRESET'));
  expect(problem.message).toContain('expect https:// instead of http://');
});

test('explains the first of several addresses that all failed', () => {
  const error = new AggregateError([failure('ECONNREFUSED'), failure('EHOSTUNREACH')]);
  expect(unreachable('http://b.example', error).message).toContain('Nothing answers');
});

test('names what has no code by its message', () => {
  const problem = unreachable('http://b.example', new Error('strange'));
  expect(problem.details['reason']).toBe('strange');
});
