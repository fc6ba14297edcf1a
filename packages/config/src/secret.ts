import { hash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** A new client’s secret, 256 bits in base64url, and all that is ever stored of it. */
export function newSecret(): { secret: string; hash: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, hash: hashSecret(secret) };
}

/**
 * `sha256:` and 64 hex digits. One quick round is enough here, and salt is of no use: nobody can
 * guess 256 random bits, whereas people’s passwords need `createPasswords`.
 */
export function hashSecret(secret: string): string {
  return `sha256:${hash('sha256', secret, 'hex')}`;
}
