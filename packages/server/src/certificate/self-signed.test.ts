import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeSelfSigned } from './self-signed.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const HOSTS = ['berth.example', 'localhost', '10.0.0.7', 'fd00::7'] as const;

test('a certificate is for the names and addresses that it was made for', async () => {
  const certificate = new X509Certificate((await makeSelfSigned(HOSTS, NOW)).cert);
  expect(certificate.subject).toBe('CN=berth.example');
  expect(certificate.issuer).toBe('CN=berth.example');
  expect(certificate.checkHost('berth.example')).toBe('berth.example');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkHost('other.example')).toBeUndefined();
  expect(certificate.checkIP('10.0.0.7')).toBe('10.0.0.7');
  expect(certificate.checkIP('fd00::7')).toBe('fd00::7');
  expect(certificate.checkIP('10.0.0.8')).toBeUndefined();
});

test('it holds from an hour ago for as long as browsers take', async () => {
  const certificate = new X509Certificate((await makeSelfSigned(HOSTS, NOW)).cert);
  expect(certificate.validFromDate).toEqual(new Date('2026-11-23T09:00:00Z'));
  expect(certificate.validToDate).toEqual(new Date('2029-02-25T09:00:00Z'));
});

test('its key is its own, on P-256, and signs for nobody else', async () => {
  const { cert, key } = await makeSelfSigned(HOSTS, NOW);
  const certificate = new X509Certificate(cert);
  const privateKey = createPrivateKey(key);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(privateKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});

test('no two have anything of their key or number in common', async () => {
  const [one, other] = await Promise.all([makeSelfSigned(HOSTS, NOW), makeSelfSigned(HOSTS, NOW)]);
  expect(one.key).not.toBe(other.key);
  const numbers = [one, other].map(({ cert }) => new X509Certificate(cert).serialNumber);
  expect(new Set(numbers).size).toBe(2);
  for (const number of numbers) expect(number).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test('a name that is longer than a common name may be still is an alternative name', async () => {
  const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
  const certificate = new X509Certificate((await makeSelfSigned([host], NOW)).cert);
  expect(certificate.checkHost(host)).toBe(host);
});
