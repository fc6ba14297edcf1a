import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expiryOf, readCertificate, type CertificateFiles } from './certificate.ts';
import { makeSelfSigned } from './self-signed.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const LATER = new Date('2029-02-25T09:00:01Z');
const EARLIER = new Date('2026-11-23T08:59:59Z');

interface Pair {
  readonly cert?: string;
  readonly key?: string;
}

async function pair(
  change: (made: Required<Pair>) => Pair = () => ({}),
): Promise<CertificateFiles & { readonly made: Required<Pair> }> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-certificate-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const files = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
  const made = await makeSelfSigned(['localhost'], NOW);
  const { cert, key } = { ...made, ...change(made) };
  await writeFile(files.certFile, cert);
  await writeFile(files.keyFile, key);
  return { ...files, made };
}

const other = await makeSelfSigned(['localhost'], NOW);

test('a certificate and its key are read, with the fingerprint that openssl prints', async () => {
  const { made, ...files } = await pair();
  const certificate = await readCertificate(files);
  expect(certificate.cert.toString()).toBe(made.cert);
  expect(certificate.fingerprint).toBe(new X509Certificate(made.cert).fingerprint256);
  expect(certificate.fingerprint).toMatch(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/);
});

test('the server’s own certificate comes first, and others may follow', async () => {
  const { made: _, ...files } = await pair(({ cert }) => ({ cert: cert + other.cert }));
  await expect(readCertificate(files)).resolves.toBeDefined();
  const reversed = await pair(({ cert }) => ({ cert: other.cert + cert }));
  await expect(readCertificate(reversed)).rejects.toMatchObject({
    code: 'config_invalid',
    message: `${reversed.keyFile} is not the key of the first certificate in ${reversed.certFile}. That must be the server’s own, before those that lead to its issuer.`,
  });
});

test.each<[string, 'cert' | 'key', (made: Required<Pair>) => Pair, string]>([
  ['is empty', 'cert', () => ({ cert: '' }), 'holds no certificate in PEM'],
  ['holds the key', 'cert', ({ key }) => ({ cert: key }), 'holds no certificate in PEM'],
  [
    'was cut off',
    'cert',
    ({ cert }) => ({ cert: cert.slice(0, 300) }),
    'holds no certificate in PEM',
  ],
  ['is empty', 'key', () => ({ key: '' }), 'holds no private key in PEM'],
  ['holds the certificate', 'key', ({ cert }) => ({ key: cert }), 'holds no private key in PEM'],
  ['is another’s', 'key', () => ({ key: other.key }), 'is not the key of the first certificate'],
  [
    'has a passphrase',
    'key',
    ({ key }) => ({
      key: createPrivateKey(key).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'secret',
      }),
    }),
    'has a passphrase, and nobody is there to give it. Take it off: openssl pkey -in',
  ],
])('a file that %s is refused with what is to be done: %s', async (_, which, change, message) => {
  const { certFile, keyFile } = await pair(change);
  const path = which === 'cert' ? certFile : keyFile;
  await expect(readCertificate({ certFile, keyFile })).rejects.toMatchObject({
    code: 'config_invalid',
    details: { file: path },
    message: expect.stringContaining(`${path} ${message}`) as string,
  });
});

test.each(['certFile', 'keyFile'] as const)('%s that is not there is told', async (which) => {
  const { made: _, ...files } = await pair();
  await rm(files[which]);
  await expect(readCertificate(files)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/cannot be read \(ENOENT\).*in main.yaml/) as string,
  });
});

test('what the calendar says of it', async () => {
  const { made: _, ...files } = await pair();
  const certificate = await readCertificate(files);
  expect(expiryOf(certificate, NOW)).toBeUndefined();
  expect(expiryOf(certificate, LATER)).toBe('has expired on 2029-02-25T09:00:00.000Z');
  expect(expiryOf(certificate, EARLIER)).toBe('is not valid before 2026-11-23T09:00:00.000Z');
});
