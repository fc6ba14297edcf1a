import { randomUUID } from 'node:crypto';
import {
  ClientContext,
  formatAuthorization,
  parseAuthorization,
  SecretHash,
} from '@berth/contract';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { hashSecret, newSecret } from './secret.ts';

test('a secret passes everywhere a client’s secret goes', () => {
  const { secret, hash } = newSecret();
  const clientId = randomUUID();
  expect(parseAuthorization(formatAuthorization({ clientId, secret }))).toEqual({
    clientId,
    secret,
  });
  const ajv = new Ajv({ keywords: ['patternErrorMessage'] });
  expect(ajv.validate(ClientContext, { server: 'https://x', client: clientId, secret })).toBe(true);
  expect(ajv.validate(SecretHash, hash)).toBe(true);
});

test('a secret is 256 bits, and its hash is of it', () => {
  const { secret, hash } = newSecret();
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(hash).toBe(hashSecret(secret));
});

test('the hash is the SHA-256 that others work out too', () => {
  // FIPS 180-2, appendix B.1.
  expect(hashSecret('abc')).toBe(
    'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('no two secrets are alike', () => {
  const secrets = Array.from({ length: 1000 }, () => newSecret().secret);
  expect(new Set(secrets).size).toBe(1000);
});
