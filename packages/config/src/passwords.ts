import { pbkdf2, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const ROUNDS = 600_000;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** PBKDF2-HMAC-SHA256 with 600,000 rounds as a PHC string. Takes a quarter of a second. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password.normalize('NFKC'), salt, ROUNDS, KEY_BYTES, 'sha256');
  return `$pbkdf2-sha256$i=${ROUNDS},l=${KEY_BYTES}$${unpadded(salt)}$${unpadded(key)}`;
}

// No 0, O, 1, l or I: a person copies it from a screen.
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** A password of 20 characters, 115 bits. */
export function randomPassword(): string {
  return Array.from({ length: 20 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** PHC strings use base64 without padding. */
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
