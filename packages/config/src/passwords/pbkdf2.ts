import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** The cost of what we make: OWASP’s figure for PBKDF2-HMAC-SHA256. 80 to 260 ms, as machines go. */
export const ROUNDS = 600_000;
export const SALT_BYTES = 16;
/** What one SHA-256 gives: a longer key would double our work, and not that of who guesses. */
export const KEY_BYTES = 32;

/** A key of `KEY_BYTES`, worked out in Node’s thread pool. */
export type Derive = (password: string, salt: Buffer, rounds: number) => Promise<Buffer>;

const pbkdf2Async = promisify(pbkdf2);

/**
 * NFKC: what one keyboard sends as one character, another sends as two, and a person who types the
 * same password on both must not be refused.
 */
export const deriveKey: Derive = (password, salt, rounds) =>
  pbkdf2Async(password.normalize('NFKC'), salt, rounds, KEY_BYTES, 'sha256');

/** A new hash as a PHC string, with a salt of its own. */
export async function hashPassword(password: string, derive: Derive): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, ROUNDS);
  return `$pbkdf2-sha256$i=${ROUNDS},l=${KEY_BYTES}$${encode(salt)}$${encode(key)}`;
}

/** PHC strings use base64 without padding. */
export const encode = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
