import { timingSafeEqual } from 'node:crypto';
import { Problem, rateLimited } from '@berth/contract';
import { matchesBcrypt, type BcryptQuestion } from './bcrypt.ts';
import { deriveKey, hashPassword, ROUNDS, SALT_BYTES, type Derive } from './pbkdf2.ts';
import { createSlots } from './slots.ts';
import { parseStoredHash, type RefusedHash } from './stored-hash.ts';

export type Verification =
  /** `rehash` is a stronger hash of the same password, to be stored in place of the old one. */
  | { readonly ok: true; readonly rehash?: string }
  | { readonly ok: false; readonly reason: 'wrong' }
  /** No password opens this hash. The explanation is for the log, and has nothing of the hash. */
  | {
      readonly ok: false;
      readonly reason: RefusedHash['kind'];
      readonly explanation: string;
    };

/** Both throw `bad_request` for a password that is too long, and `rate_limited` when too many wait. */
export interface Passwords {
  /** A new hash as a PHC string. */
  hash(password: string): Promise<string>;
  /**
   * Whether the stored hash is of the password. For a user who does not exist, or has no password,
   * `storedHash` is undefined: the answer is `wrong`, and takes as long as with a hash of ours.
   */
  verify(password: string, storedHash: string | undefined): Promise<Verification>;
}

/** Each keeps a core busy. Node’s pool has four threads, and files are read in it too. */
const AT_ONCE = 2;
/** Who comes next would wait for three seconds on a slow machine. */
const MOST_WAITING = 20;
const MOST_CHARACTERS = 1024;

const WRONG = { ok: false, reason: 'wrong' } as const;

/** @param work what computes; tests hand in their own */
export function createPasswords(
  work: {
    readonly derive?: Derive;
    readonly matchesBcrypt?: (question: BcryptQuestion) => Promise<boolean>;
  } = {},
): Passwords {
  const derive = work.derive ?? deriveKey;
  const matches = work.matchesBcrypt ?? matchesBcrypt;
  const inSlot = createSlots({ atOnce: AT_ONCE, waiting: MOST_WAITING, refusal: tooMany });

  /** Does the work of a login that there is nothing to check for. */
  const pretend = (password: string) => derive(password, Buffer.alloc(SALT_BYTES), ROUNDS);

  const judge = async (password: string, text: string): Promise<Verification> => {
    const stored = parseStoredHash(text);
    switch (stored.kind) {
      case 'pbkdf2': {
        const { salt, rounds, key, isOutdated } = stored;
        const isRight = timingSafeEqual(await derive(password, salt, rounds), key);
        if (isRight) return isOutdated ? { ok: true, rehash: await hash(password) } : { ok: true };
        // The rest of what a wrong password costs elsewhere: else it tells that there is a user.
        if (rounds < ROUNDS) await derive(password, salt, ROUNDS - rounds);
        return WRONG;
      }
      case 'bcrypt':
        // Its time differs from ours, which tells that there is a user; until the first login only.
        if (!(await matches({ password, hash: text }))) return WRONG;
        return { ok: true, rehash: await hash(password) };
      case 'weak':
      case 'unusable':
        await pretend(password);
        return { ok: false, reason: stored.kind, explanation: stored.explanation };
      default:
        return stored satisfies never;
    }
  };

  const hash = (password: string): Promise<string> => hashPassword(password, derive);

  return {
    hash: async (password) => {
      refuseLong(password);
      return inSlot(() => hash(password));
    },
    verify: async (password, storedHash) => {
      refuseLong(password);
      return inSlot(async () => {
        if (storedHash !== undefined) return judge(password, storedHash);
        await pretend(password);
        return WRONG;
      });
    },
  };
}

/** Before any work: normalising and hashing megabytes is work too. */
function refuseLong(password: string): void {
  if (password.length <= MOST_CHARACTERS) return;
  throw new Problem('bad_request', `A password has at most ${MOST_CHARACTERS} characters.`);
}

const tooMany = (): Problem =>
  rateLimited('Too many passwords are being checked just now. Try again in a few seconds.', 3);
