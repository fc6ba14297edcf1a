import { Problem } from '@berth/contract';

/** OWASP ASVS 5.0, 6.2.1. */
const LEAST_CHARACTERS = 8;

/** Throws `bad_request` for a password that a person chose and that is too short. */
export function refuseShortPassword(password: string): void {
  if ([...password].length >= LEAST_CHARACTERS) return;
  throw new Problem('bad_request', `A password has at least ${LEAST_CHARACTERS} characters.`);
}
