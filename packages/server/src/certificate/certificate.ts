import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Problem } from '@berth/contract';
import type { Settings } from '@berth/config';

export type CertificateFiles = NonNullable<Settings['tls']>;

/** A certificate that can be served, whether or not it is valid by the calendar. */
export interface Certificate {
  /** PEM, with those that lead to its issuer. */
  readonly cert: Buffer;
  readonly key: Buffer;
  /** SHA-256 as openssl prints it, and as the client shows it: hex in pairs, with colons. */
  readonly fingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** Throws `config_invalid` with the file and what to do where they are missing or no pair. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const { certFile, keyFile } = files;
  const cert = await read(certFile, 'server.tls.cert_file');
  const key = await read(keyFile, 'server.tls.key_file');
  const certificate = parseCertificate(certFile, cert);
  if (!certificate.checkPrivateKey(parseKey(keyFile, key))) {
    throw unusable(
      keyFile,
      `is not the key of the first certificate in ${certFile}. That must be the server’s own, before those that lead to its issuer.`,
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw unusable(certFile, `cannot be served with (${reasonOf(error)}).`, error);
  }
  return {
    cert,
    key,
    fingerprint: certificate.fingerprint256,
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
  };
}

/** What the calendar says against it; undefined where it says nothing. */
export function expiryOf({ validFrom, validTo }: Certificate, now: Date): string | undefined {
  if (now < validFrom) return `is not valid before ${validFrom.toISOString()}`;
  if (now > validTo) return `has expired on ${validTo.toISOString()}`;
  return undefined;
}

async function read(path: string, key: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unusable(
      path,
      `cannot be read (${reasonOf(error)}). It is named by ${key} in main.yaml; the user that berthd runs as must be allowed to read it.`,
      error,
    );
  }
}

function parseCertificate(path: string, text: Buffer): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (error) {
    throw unusable(path, 'holds no certificate in PEM: -----BEGIN CERTIFICATE-----.', error);
  }
}

function parseKey(path: string, text: Buffer): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw unusable(
      path,
      text.includes('ENCRYPTED')
        ? `has a passphrase, and nobody is there to give it. Take it off: openssl pkey -in ${path} -out NEW`
        : 'holds no private key in PEM: -----BEGIN PRIVATE KEY-----.',
      error,
    );
  }
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

function unusable(path: string, what: string, cause?: unknown): Problem {
  return new Problem('config_invalid', `${path} ${what}`, { details: { file: path }, cause });
}
