import { randomUUID } from 'node:crypto';
import {
  refuseShortPassword,
  type Config,
  type createPasswords,
  type EditConfig,
} from '@berth/config';
import { hashSecret, newSecret } from '@berth/config/secret';
import {
  Problem,
  type LoginEntry,
  type LoginRequest,
  type LoginView,
  type PasswordChange,
  type Uuid,
} from '@berth/contract';
import type { Log } from '@berth/logs';
import type { Audit } from '../acting.ts';
import type { LoginCaller } from '../http/caller.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { csrfTokenOf } from '../http/forgery.ts';
import { createLoginTable, type Clock, type Login } from './login-table.ts';
import {
  clearPasswordChange,
  digestOf,
  personById,
  personIdOf,
  setPasswordHash,
  type Person,
} from './people.ts';
import type { Origin, Proof } from './proof.ts';
import type { SecondFactors } from './second-factors.ts';

/** A login that was just made. */
export interface NewLogin {
  /** For the cookie; it is stored nowhere. */
  readonly secret: string;
  readonly view: LoginView;
}

/** Logins with name and password, of users and of the built-in admin. */
export interface Logins {
  /** Throws `unauthorized`, always alike, and `rate_limited`. */
  logIn(request: LoginRequest, origin: Origin): Promise<NewLogin>;
  /** Throws `unauthorized` for what is no login, or one that has ended. Reads no file. */
  authenticate(secret: string): LoginCaller;
  /** Who it is by now that logged in before; undefined once the login has ended. It is not used by that. */
  judge(caller: LoginCaller): LoginCaller | undefined;
  view(caller: LoginCaller): LoginView;
  /** Sets their own password, ends all of their logins, and makes one anew. */
  changePassword(caller: LoginCaller, change: PasswordChange, origin: Origin): Promise<NewLogin>;
  /** Logins that have not ended, the last used first: the caller’s own, or everybody’s. */
  list(caller: LoginCaller, whose: 'own' | 'all'): LoginEntry[];
  /** Ends a login. `not_found` for one that is not among these. */
  end(caller: LoginCaller, id: Uuid, whose: 'own' | 'all'): Promise<void>;
  /** Ends what the current configuration no longer lets in. */
  review(): Promise<void>;
  /** Reads what an earlier server has left. */
  load(): Promise<void>;
  /** Writes down when each was last used. */
  flush(): Promise<void>;
}

/** Who logs in once more loses the one that was not used for longest. */
const MOST_OF_ONE = 20;
const MOST_DEVICE = 200;

export function createLogins(options: {
  readonly config: () => Config;
  readonly edit: EditConfig;
  readonly passwords: Pick<ReturnType<typeof createPasswords>, 'hash'>;
  readonly proof: Proof;
  readonly factors: Pick<SecondFactors, 'check'>;
  readonly attempts: Pick<RateLimits, 'tryLogin' | 'loggedIn'>;
  readonly clock: Clock;
  /** Writes down who came and went. */
  readonly audit: Audit;
  readonly log: Pick<Log, 'warn' | 'info'>;
  /** Is told that a login has ended before its time. */
  readonly onEnd: () => void;
}): Logins {
  const { config, edit, passwords, proof, factors, attempts, clock, audit, log, onEnd } = options;
  const table = createLoginTable({
    stateDirectory: () => config().settings.stateDirectory,
    limits: () => config().settings.logins,
    clock,
    onFault: (error) => {
      log.warn('login_not_written', { error });
    },
    onEnd,
  });

  /** The person a login is of, as long as they have the password that it was made with. */
  const holderOf = ({ person, password }: Login): Person | undefined => {
    const found = personById(config(), person);
    if (found?.passwordHash === undefined) return undefined;
    return digestOf(found.passwordHash) === password ? found : undefined;
  };

  const callerOf = (login: Login | undefined, secret: string): LoginCaller | undefined => {
    const person = login && holderOf(login);
    if (login === undefined || person === undefined) return undefined;
    return {
      kind: 'login',
      login: {
        id: login.id,
        username: person.username,
        secret,
        csrfToken: csrfTokenOf(secret),
        mustChangePassword: person.mustChangePassword,
      },
      account: person.account,
    };
  };

  const make = async (person: Person, passwordHash: string, origin: Origin): Promise<NewLogin> => {
    const { secret, hash: secretHash } = newSecret();
    const now = clock.now();
    const login: Login = {
      id: randomUUID(),
      person: person.id,
      secretHash,
      password: digestOf(passwordHash),
      device: origin.device.slice(0, MOST_DEVICE),
      address: origin.address,
      created: now,
      used: now,
    };
    const others = lastUsedFirst(ofPerson(table.all(), person.id)).slice(MOST_OF_ONE - 1);
    await Promise.all(others.map(table.remove));
    await table.add(login);
    return { secret, view: viewOf(login, person, secret) };
  };

  const viewOf = (login: Login, person: Person, secret: string): LoginView => {
    const { idleMs, absoluteMs } = config().settings.logins;
    const end = login.created + absoluteMs;
    return {
      id: login.id,
      username: person.username,
      kind: person.account === undefined ? 'admin' : 'user',
      rights: [...person.rights],
      csrf_token: csrfTokenOf(secret),
      change_password: person.mustChangePassword,
      created: iso(login.created),
      expires: iso(end),
      idle_expires: iso(Math.min(end, login.used + idleMs)),
    };
  };

  const endAll = async (logins: readonly Login[]): Promise<void> => {
    await Promise.all(logins.map(table.remove));
  };

  const loginsOf = (caller: LoginCaller, whose: 'own' | 'all'): Login[] =>
    whose === 'all' ? table.all() : ofPerson(table.all(), personIdOf(caller));

  return {
    logIn: async ({ username, password, code }, origin) => {
      attempts.tryLogin(username, origin.address);
      const proved = await proof.prove(username, password);
      if (proved === undefined) {
        await proof.refuse('log_in', username, origin);
        throw new Problem('unauthorized', 'Name or password is wrong.');
      }
      const { person, passwordHash } = proved;
      try {
        await factors.check(person.id, code);
      } catch (error) {
        if (code !== undefined) await proof.refuse('log_in', username, origin);
        throw error;
      }
      const made = await make(person, passwordHash, origin);
      const { id, username: name, kind } = made.view;
      attempts.loggedIn(username, origin.address);
      log.info('logged_in', { name, address: origin.address, id });
      await audit({ action: 'log_in', by: { kind, name, id }, from: origin.address });
      return made;
    },

    authenticate: (secret) => {
      const caller = callerOf(table.use(hashSecret(secret)), secret);
      if (caller === undefined) throw loggedOut();
      return caller;
    },

    judge: ({ login: { secret } }) => callerOf(table.find(hashSecret(secret)), secret),

    view: (caller) => {
      const login = table.all().find(({ id }) => id === caller.login.id);
      const person = login && holderOf(login);
      if (login === undefined || person === undefined) throw loggedOut();
      return viewOf(login, person, caller.login.secret);
    },

    changePassword: async (caller, change, origin) => {
      refuseShortPassword(change.new_password);
      if (change.new_password === change.password) {
        throw new Problem('bad_request', 'The new password is the old one. Take another.');
      }
      const { username } = caller.login;
      const proved = await proof.prove(username, change.password);
      if (proved === undefined) {
        await proof.refuse('change_password', username, origin);
        throw new Problem('forbidden', 'The password that is right now is another.');
      }
      const { person, passwordHash: before } = proved;
      const fresh = await passwords.hash(change.new_password);
      const what = `set the password of ${username}`;
      await edit({ by: username, what }, (one) => {
        if (personById(one.config, person.id)?.passwordHash !== before) throw loggedOut();
        setPasswordHash(one, person.id, fresh);
        clearPasswordChange(one, person.id);
      });
      await endAll(ofPerson(table.all(), person.id));
      const now = personById(config(), person.id);
      if (now === undefined) throw loggedOut();
      return make(now, fresh, origin);
    },

    list: (caller, whose) =>
      lastUsedFirst(loginsOf(caller, whose)).flatMap((login) => {
        const person = holderOf(login);
        return person === undefined ? [] : [entryOf(login, person, caller)];
      }),

    end: async (caller, id, whose) => {
      const login = loginsOf(caller, whose).find((one) => one.id === id);
      if (login === undefined) {
        throw new Problem('not_found', 'There is no such login; it may have ended already.');
      }
      await table.remove(login);
      const isOwn = id === caller.login.id;
      const subject = personById(config(), login.person)?.username ?? login.person;
      await audit(isOwn ? { action: 'log_out' } : { action: 'end_login', subject });
    },

    review: () => endAll(table.all().filter((login) => holderOf(login) === undefined)),
    load: table.load,
    flush: table.flush,
  };

  function entryOf(login: Login, person: Person, caller: LoginCaller): LoginEntry {
    const { idleMs, absoluteMs } = config().settings.logins;
    return {
      id: login.id,
      username: person.username,
      current: login.id === caller.login.id,
      device: login.device,
      address: login.address,
      created: iso(login.created),
      used: iso(login.used),
      expires: iso(Math.min(login.created + absoluteMs, login.used + idleMs)),
    };
  }
}

const ofPerson = (logins: readonly Login[], person: Login['person']): Login[] =>
  logins.filter((login) => login.person === person);

const lastUsedFirst = (logins: readonly Login[]): Login[] =>
  logins.toSorted((one, other) => other.used - one.used);

const iso = (time: number): string => new Date(time).toISOString();

const loggedOut = (): Problem =>
  new Problem('unauthorized', 'You are not logged in, or not any more. Log in again: POST /login');
