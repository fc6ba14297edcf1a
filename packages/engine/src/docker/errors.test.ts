import { Problem } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import type { Operation } from './error-rules.ts';
import { reasonOf, translate } from './errors.ts';

/** Texts that engines and registries were seen to send, where a test cannot cause them. */

function answered(status: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${status}) unexpected - ${message} `), {
    statusCode: status,
    json: { message },
  });
}

function translated(operation: Operation, error: unknown): unknown {
  return translate({ operation, host: 'unix:///run/docker.sock', subject: 'team/lab:1' }, error);
}

describe('a registry that refuses', () => {
  test.each([
    [
      404,
      "pull access denied for team/lab, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      'The registry does not give out the image team/lab:1',
    ],
    [500, 'Get "https://x/v2/": unauthorized: authentication required', 'or needs a login'],
    [
      500,
      'Get "https://x/v2/": dial tcp: lookup x on 10.0.0.1:53: no such host',
      'cannot be reached',
    ],
    [500, 'Get "https://x/v2/": net/http: TLS handshake timeout', 'cannot be reached'],
    [
      404,
      'no matching manifest for linux/arm64/v8 in the manifest list entries',
      'kind of machine',
    ],
    [
      500,
      'toomanyrequests: You have reached your pull rate limit.',
      'could not be fetched: toomanyrequests: You have reached your pull rate limit. Try again',
    ],
  ])('%i %s', (status, message, shown) => {
    const problem = translated('pull', answered(status, message));
    expect(problem).toMatchObject({ code: 'image_unavailable' });
    expect(reasonOf(problem)).toContain(shown);
  });
});

describe('a connection that fails', () => {
  test.each([
    ['ETIMEDOUT', { outcome: 'unknown' }],
    ['EPIPE', { outcome: 'unknown' }],
    ['EHOSTUNREACH', {}],
    ['EACCES', {}],
  ])('%s', (code, details) => {
    const error = Object.assign(new Error(code), { code });
    expect(translated('version', error)).toMatchObject({
      code: 'engine_unavailable',
      details,
      cause: error,
    });
  });
});

describe('what is shown', () => {
  test('has no control characters, whatever a registry sent', () => {
    const message = 'odd\u001b[2J\r\nname\u202e\u2028end';
    const problem = translated('pull', answered(500, message));
    expect(reasonOf(problem)).toContain('could not be fetched: odd [2J name end.');
  });

  test('is short', () => {
    expect(reasonOf(translated('pull', answered(500, 'x'.repeat(5000)))).length).toBeLessThan(500);
  });

  test('is what the engine said, also where dockerode has kept only its own text of it', () => {
    const error = Object.assign(new Error('(HTTP code 500) server error - it broke - badly '), {
      statusCode: 500,
      json: null,
    });
    expect(reasonOf(error)).toBe('it broke - badly');
    expect(reasonOf('no error at all')).toBe('');
  });
});

describe('what no rule explains', () => {
  test.each([
    ['an answer', answered(500, 'json: cannot unmarshal string')],
    ['an answer without a text', Object.assign(new Error('x'), { statusCode: 500, json: {} })],
    ['a connection error', Object.assign(new Error('x'), { code: 'EMFILE' })],
    ['a bug', new TypeError('x is not a function')],
    ['a Problem', new Problem('cancelled', 'It was cancelled.')],
    ['no error', 'text'],
  ])('%s stays as it is', (_, error) => {
    expect(translated('createContainer', error)).toBe(error);
  });
});

test('Podman says 500 where Docker says 409', () => {
  const error = answered(500, 'the container name "x" is already in use by 0f0f');
  expect(translated('createContainer', error)).toMatchObject({ code: 'name_taken' });
});
