import { randomInt } from 'node:crypto';

const COUNT = 10;
const LENGTH = 12;
/** Crockford’s base 32: no letter is taken for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Codes of 60 bits, as `XXXX-XXXX-XXXX`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: COUNT }, () => {
    const characters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]);
    return characters.join('').replace(/(.{4})(?=.)/g, '$1-');
  });
}

/** As people type them: in lower case, and with or without hyphens. */
export const plainCode = (typed: string): string => typed.toUpperCase().replaceAll(/[\s-]/g, '');
