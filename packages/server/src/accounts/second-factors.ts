import { changeSecrets, readSecrets } from '@berth/config';
import { hashSecret } from '@berth/config/secret';
import { Problem, type Name, type SecondFactor, type SecretsFile } from '@berth/contract';
import type { Clock } from './login-table.ts';
import type { PersonId } from './people.ts';
import { newRecoveryCodes, plainCode } from './recovery-codes.ts';

/** Codes of an authenticator app besides the password (TOTP, RFC 6238), and codes for when it is lost. */
export interface SecondFactors {
  /** How many recovery codes are left; undefined where no second factor is on. */
  left(person: PersonId): Promise<number | undefined>;
  /**
   * Uses a code up. Returns at once where no second factor is on. Throws `second_factor_required` for one
   * that is missing, wrong, or was used before, and `rate_limited` after several wrong ones.
   */
  check(person: PersonId, code: string | undefined): Promise<void>;
  /** Makes a secret that `confirm` puts in force. Throws `conflict` where one is in force. */
  begin(person: PersonId, username: Name): Promise<{ secret: string; uri: string }>;
  /** Puts the secret in force, for who has a code of it. Returns recovery codes, stored nowhere. */
  confirm(person: PersonId, code: string): Promise<string[]>;
  /** Returns whether there was one. */
  remove(person: PersonId): Promise<boolean>;
}

const STEP_SECONDS = 30;
/** Clocks of phones go wrong by seconds. */
const WINDOW = 1;
/** Six digits are guessed soon by who may try without end. */
const FREE_TRIES = 5;
const MOST_WAIT_MS = 15 * 60_000;
const PENDING_MS = 10 * 60_000;

export function createSecondFactors(options: {
  readonly directory: string;
  readonly clock: Clock;
}): SecondFactors {
  const { directory, clock } = options;
  const pending = new Map<PersonId, { secret: string; until: number }>();
  /** Of who has proved their password: strangers lock nobody out by this. */
  const wrong = new Map<PersonId, { count: number; until: number }>();

  /** The step of a code; undefined for a wrong one. */
  const stepOf = async (secret: string, code: string): Promise<number | undefined> => {
    const { TOTP } = await import('otpauth');
    const timestamp = clock.now();
    const delta = new TOTP({ secret }).validate({ token: code, timestamp, window: WINDOW });
    return delta === null ? undefined : Math.floor(timestamp / 1000 / STEP_SECONDS) + delta;
  };

  /** The factor without this code, or undefined where it is not right. */
  const without = async (factor: SecondFactor, code: string): Promise<SecondFactor | undefined> => {
    const step = /^[0-9]{6}$/.test(code) ? await stepOf(factor.totp_secret, code) : undefined;
    if (step !== undefined && step > factor.last_step) return { ...factor, last_step: step };
    const hash = hashSecret(plainCode(code));
    if (!factor.recovery_codes.includes(hash)) return undefined;
    const left = factor.recovery_codes.filter((one) => one !== hash);
    return { ...factor, recovery_codes: left };
  };

  const refuseHurry = (person: PersonId): void => {
    const waitMs = (wrong.get(person)?.until ?? 0) - clock.monotonic();
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new Problem('rate_limited', `Too many wrong codes. Try again in ${seconds} s.`, {
      details: { retry_after_seconds: seconds },
    });
  };

  const noteWrong = (person: PersonId): void => {
    const count = (wrong.get(person)?.count ?? 0) + 1;
    const waitMs = count < FREE_TRIES ? 0 : Math.min(MOST_WAIT_MS, 1000 * 2 ** (count - 1));
    wrong.set(person, { count, until: clock.monotonic() + waitMs });
  };

  const use = async (person: PersonId, factor: SecondFactor, code: string): Promise<void> => {
    const used = await without(factor, code);
    const isUsed = await changeSecrets(directory, (secrets) => {
      const now = factorOf(secrets, person);
      // Somebody may have used the same code at the same moment.
      const isStill = JSON.stringify(now) === JSON.stringify(factor);
      return used && isStill ? withFactor(secrets, person, used) : undefined;
    });
    if (isUsed) {
      wrong.delete(person);
      return;
    }
    noteWrong(person);
    throw required('The code is wrong, or was used before. Wait for the next one.');
  };

  return {
    left: async (person) => factorOf(await readSecrets(directory), person)?.recovery_codes.length,

    check: async (person, code) => {
      const factor = factorOf(await readSecrets(directory), person);
      if (factor === undefined) return;
      if (code === undefined) throw required('The code of your authenticator app is needed too.');
      refuseHurry(person);
      await use(person, factor, code);
    },

    begin: async (person, username) => {
      if (factorOf(await readSecrets(directory), person) !== undefined) throw alreadyOn();
      const { Secret, TOTP } = await import('otpauth');
      const { base32: secret } = new Secret({ size: 20 });
      pending.set(person, { secret, until: clock.monotonic() + PENDING_MS });
      const totp = new TOTP({ issuer: 'Berth', label: username, secret });
      return { secret, uri: totp.toString() };
    },

    confirm: async (person, code) => {
      const begun = pending.get(person);
      if (begun === undefined || begun.until <= clock.monotonic()) {
        pending.delete(person);
        throw new Problem('conflict', 'Begin again: POST /login/second-factor makes a new secret.');
      }
      refuseHurry(person);
      const step = await stepOf(begun.secret, code);
      if (step === undefined) {
        noteWrong(person);
        throw new Problem('bad_request', 'The code is wrong. Is the clock of the phone right?');
      }
      const codes = newRecoveryCodes();
      const factor: SecondFactor = {
        totp_secret: begun.secret,
        last_step: step,
        recovery_codes: codes.map((one) => hashSecret(plainCode(one))),
      };
      await changeSecrets(directory, (secrets) => {
        if (factorOf(secrets, person) !== undefined) throw alreadyOn();
        return withFactor(secrets, person, factor);
      });
      pending.delete(person);
      wrong.delete(person);
      return codes;
    },

    remove: (person) =>
      changeSecrets(
        directory,
        (secrets) => factorOf(secrets, person) && withFactor(secrets, person, undefined),
      ),
  };
}

function factorOf(secrets: SecretsFile, person: PersonId): SecondFactor | undefined {
  return person === 'admin' ? secrets.admin_second_factor : secrets.second_factors?.[person];
}

/** @param factor undefined takes it away */
function withFactor(
  { admin_second_factor: admin, second_factors: users = {}, ...others }: SecretsFile,
  person: PersonId,
  factor: SecondFactor | undefined,
): SecretsFile {
  const { [person]: _, ...rest } = users;
  const [nextAdmin, nextUsers] =
    person === 'admin'
      ? [factor, users]
      : [admin, factor === undefined ? rest : { ...rest, [person]: factor }];
  return {
    ...others,
    ...(nextAdmin === undefined ? {} : { admin_second_factor: nextAdmin }),
    ...(Object.keys(nextUsers).length === 0 ? {} : { second_factors: nextUsers }),
  };
}

const required = (message: string): Problem => new Problem('second_factor_required', message);

const alreadyOn = (): Problem =>
  new Problem('conflict', 'A second factor is on already. Turn it off first.');
