import { counted } from '@berth/contract';
import { encode, KEY_BYTES, ROUNDS, SALT_BYTES } from './pbkdf2.ts';

/** What a configuration file holds of a password. */
export type StoredHash =
  | {
      readonly kind: 'pbkdf2';
      readonly salt: Buffer;
      readonly rounds: number;
      readonly key: Buffer;
      /** Cheaper to guess than what we make now. */
      readonly isOutdated: boolean;
    }
  | { readonly kind: 'bcrypt' }
  | RefusedHash;

/** A hash that no password opens. The explanation is for the log, and has nothing of the hash. */
export interface RefusedHash {
  readonly kind: 'weak' | 'unusable';
  readonly explanation: string;
}

/**
 * Other programs’ hashes may be brought along, and are made anew at the first login. One below this is
 * guessed over six times faster than ours, and the login that would replace it might never come.
 * Django has made 100,000 rounds or more since 2017; OWASP’s least cost of bcrypt is 10.
 */
const LEAST_ROUNDS = 100_000;
const LEAST_BCRYPT_COST = 10;
/** RFC 8018, 4.1. */
const LEAST_SALT_BYTES = 8;

/** Above this, one login would keep a core busy for seconds. */
const MOST_ROUNDS = 10_000_000;
const MOST_BCRYPT_COST = 14;

const PBKDF2 = /^\$pbkdf2-sha256\$i=([1-9]\d{0,14}),l=([1-9]\d{0,3})\$([^$]+)\$([^$]+)$/;
/** `$2y$` is what `htpasswd` and PHP call the same; `$2a$` what most did before 2014. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Never throws: what is wrong with a hash is something to log, and the login just fails. */
export function parseStoredHash(text: string): StoredHash {
  if (/^\$2[aby]\$/.test(text)) return parseBcrypt(text);
  if (text.startsWith('$pbkdf2-sha256$')) return parsePbkdf2(text);
  return unusable('is of a kind that Berth does not know. It knows pbkdf2-sha256 and bcrypt.');
}

function parsePbkdf2(text: string): StoredHash {
  const [, rounds, length, saltText, keyText] = PBKDF2.exec(text) ?? [];
  const salt = decode(saltText);
  const key = decode(keyText);
  if (salt === undefined || key === undefined) {
    return unusable(
      `is not in the form $pbkdf2-sha256$i=ROUNDS,l=${KEY_BYTES}$SALT$KEY, with salt and key in base64 without padding.`,
    );
  }
  return judgePbkdf2(Number(rounds), Number(length), salt, key);
}

function judgePbkdf2(rounds: number, length: number, salt: Buffer, key: Buffer): StoredHash {
  if (length !== KEY_BYTES || key.length !== KEY_BYTES) {
    return unusable(
      `has a key of ${counted(key.length, 'byte')} and says l=${length}; both must be ${KEY_BYTES}.`,
    );
  }
  if (rounds > MOST_ROUNDS) {
    return unusable(`asks for ${rounds} rounds of PBKDF2; at most ${MOST_ROUNDS} are done.`);
  }
  if (rounds < LEAST_ROUNDS) {
    return weak(`has ${counted(rounds, 'round')} of PBKDF2; at least ${LEAST_ROUNDS} are needed.`);
  }
  if (salt.length < LEAST_SALT_BYTES) {
    return weak(
      `has a salt of ${counted(salt.length, 'byte')}; at least ${LEAST_SALT_BYTES} are needed.`,
    );
  }
  const isOutdated = rounds < ROUNDS || salt.length < SALT_BYTES;
  return { kind: 'pbkdf2', salt, rounds, key, isOutdated };
}

function parseBcrypt(text: string): StoredHash {
  const [, digits] = BCRYPT.exec(text) ?? [];
  if (digits === undefined) {
    return unusable('is not a whole bcrypt hash: $2b$COST$ and 53 characters.');
  }
  const cost = Number(digits);
  if (cost > MOST_BCRYPT_COST) {
    return unusable(`has the bcrypt cost ${cost}; at most ${MOST_BCRYPT_COST} is done.`);
  }
  if (cost < LEAST_BCRYPT_COST) {
    return weak(`has the bcrypt cost ${cost}; at least ${LEAST_BCRYPT_COST} is needed.`);
  }
  return { kind: 'bcrypt' };
}

/** Only what we would write the same: several texts for one value is how checks are got round. */
function decode(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return encode(bytes) === text ? bytes : undefined;
}

const weak = (what: string): RefusedHash => refused('weak', what);
const unusable = (what: string): RefusedHash => refused('unusable', what);

const refused = (kind: RefusedHash['kind'], what: string): RefusedHash => ({
  kind,
  explanation: `The stored hash ${what} Set a new password.`,
});
