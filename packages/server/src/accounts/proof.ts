import type { Config, createPasswords, EditConfig } from '@berth/config';
import type { Log } from '@berth/logs';
import type { Audit } from '../acting.ts';
import { personById, personByName, setPasswordHash, type Person } from './people.ts';

/** Where a login is made from. */
export interface Origin {
  readonly address: string;
  /** What the browser says of itself. */
  readonly device: string;
}

export interface Proved {
  readonly person: Person;
  /** The hash of their password that stands in the files from now on. */
  readonly passwordHash: string;
}

/** How people prove who they are with a password. */
export interface Proof {
  /**
   * The person, where the password is theirs. The same work for a wrong password, an unknown name, and
   * who has none or is disabled. Throws `rate_limited` where too many passwords wait to be checked.
   */
  prove(name: string, password: string): Promise<Proved | undefined>;
  /** Tells log and audit trail of who has failed to. */
  refuse(action: string, name: string, origin: Origin): Promise<void>;
}

const MOST_NAME_LOGGED = 64;

export function createProof(options: {
  readonly config: () => Config;
  readonly edit: EditConfig;
  readonly passwords: Pick<ReturnType<typeof createPasswords>, 'verify'>;
  readonly audit: Audit;
  readonly log: Pick<Log, 'warn'>;
}): Proof {
  const { config, edit, passwords, audit, log } = options;

  /** Stores a stronger hash of the same password. Returns the one that stands from then on. */
  const strengthen = async (person: Person, weak: string, strong: string): Promise<string> => {
    const { id, username: by } = person;
    const what = `store a stronger hash of the password of ${by}`;
    try {
      return await edit({ by, what }, (change) => {
        // Another password may have been set meanwhile; then this login ends as it begins.
        if (personById(change.config, id)?.passwordHash !== weak) return weak;
        setPasswordHash(change, id, strong);
        return strong;
      });
    } catch (error) {
      log.warn('password_not_rehashed', { name: by, error });
      return weak;
    }
  };

  return {
    prove: async (name, password) => {
      const before = personByName(config(), name);
      const result = await passwords.verify(password, before?.passwordHash);
      if (!result.ok) {
        if (result.reason !== 'wrong') {
          log.warn('password_hash_refused', { name: before?.username, why: result.explanation });
        }
        return undefined;
      }
      // Checking takes long enough to be disabled, renamed or given another password meanwhile.
      const person = before && personById(config(), before.id);
      if (person?.passwordHash === undefined) return undefined;
      const { passwordHash: stored } = person;
      if (stored !== before?.passwordHash) return undefined;
      if (result.rehash === undefined) return { person, passwordHash: stored };
      return { person, passwordHash: await strengthen(person, stored, result.rehash) };
    },
    refuse: async (action, name, { address }) => {
      log.warn('login_failed', { name: name.slice(0, MOST_NAME_LOGGED), address });
      await audit({ action, outcome: 'refused', by: { kind: 'stranger', name }, from: address });
    },
  };
}
