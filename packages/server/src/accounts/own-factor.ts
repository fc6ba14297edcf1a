import { Problem, type SecondFactorView } from '@berth/contract';
import type { Audit } from '../acting.ts';
import type { LoginCaller } from '../http/caller.ts';
import { personIdOf, type Person } from './people.ts';
import type { Origin, Proof } from './proof.ts';
import type { SecondFactors } from './second-factors.ts';

/** What an admin does with their own second factor. */
export interface OwnFactor {
  view(caller: LoginCaller): Promise<SecondFactorView>;
  /** Throws `forbidden` for a wrong password: a login that somebody left open is not enough. */
  begin(
    caller: LoginCaller,
    password: string,
    origin: Origin,
  ): Promise<{ secret: string; uri: string }>;
  /** Returns recovery codes. */
  confirm(caller: LoginCaller, code: string): Promise<string[]>;
  /** Turns it off. Throws `forbidden` for a wrong password. */
  end(caller: LoginCaller, password: string, origin: Origin): Promise<void>;
}

export function createOwnFactor(options: {
  readonly proof: Proof;
  readonly factors: SecondFactors;
  readonly audit: Audit;
}): OwnFactor {
  const { proof, factors, audit } = options;

  const proved = async (
    { login: { username } }: LoginCaller,
    password: string,
    origin: Origin,
  ): Promise<Person> => {
    const found = await proof.prove(username, password);
    if (found !== undefined) return found.person;
    await proof.refuse('change_second_factor', username, origin);
    throw new Problem('forbidden', 'The password that is right now is another.');
  };

  return {
    view: async (caller) => {
      const left = await factors.left(personIdOf(caller));
      return { on: left !== undefined, recovery_codes: left ?? 0 };
    },
    begin: async (caller, password, origin) => {
      const { id, username } = await proved(caller, password, origin);
      return factors.begin(id, username);
    },
    confirm: async (caller, code) => {
      const codes = await factors.confirm(personIdOf(caller), code);
      await audit({ action: 'turn_on_second_factor', subject: caller.login.username });
      return codes;
    },
    end: async (caller, password, origin) => {
      const { id, username } = await proved(caller, password, origin);
      if (!(await factors.remove(id))) throw new Problem('conflict', 'No second factor is on.');
      await audit({ action: 'turn_off_second_factor', subject: username });
    },
  };
}
