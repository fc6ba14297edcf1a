import type { Uuid } from '@berth/contract';
import { createQueue } from '@berth/config';
import { LOGINS_FOLDER } from '../state-folders.ts';
import type { PersonId } from './people.ts';
import { createRecords } from './records.ts';

/** A login as it is kept: in memory, and in a file each that outlives the server. */
export interface Login {
  /** Names it; it proves nothing. */
  readonly id: Uuid;
  readonly person: PersonId;
  /** `hashSecret` of what the cookie holds. */
  readonly secretHash: string;
  /** `digestOf` the password hash that it was made with: with another one it ends. */
  readonly password: string;
  readonly device: string;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly used: number;
}

/** How a program tells the time. */
export interface Clock {
  /** Milliseconds since 1970, which a person may set. */
  now(): number;
  /** Milliseconds that pass at one speed and never go back; they may stand still while a machine sleeps. */
  monotonic(): number;
}

export interface LoginLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

export interface LoginTable {
  /** Reads what an earlier server has left. */
  load(): Promise<void>;
  add(login: Login): Promise<void>;
  /** The login of a cookie that has not run out; it counts as used now. */
  use(secretHash: string): Login | undefined;
  /** The same, and does not count as used. */
  find(secretHash: string): Login | undefined;
  all(): Login[];
  /** Ends a login. Once this returns, no server takes it again. */
  remove(login: Login): Promise<void>;
  /** Writes down when each was last used. */
  flush(): Promise<void>;
}

interface Entry {
  login: Login;
  readonly startedAt: number;
  usedAt: number;
  /** The `used` that stands in the file. */
  written: number;
}

interface StoredLogin extends Login {
  readonly expires: string;
}

/** Of the idle time, what a crash may cost: so seldom is the last use written down. */
const WRITE_SHARE = 6;

/**
 * @param options.onFault is told what could not be written: such a login ends with the server
 * @param options.onEnd is told that a login has ended before its time
 */
export function createLoginTable(options: {
  readonly stateDirectory: () => string;
  readonly limits: () => LoginLimits;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
  readonly onEnd: () => void;
}): LoginTable {
  const { stateDirectory, limits, clock, onFault, onEnd } = options;
  const records = createRecords<StoredLogin>(stateDirectory, LOGINS_FOLDER, clock.now);
  const entries = new Map<string, Entry>();
  // A late write must not bring back what was removed.
  const inTurn = createQueue();

  /** By both clocks: one may be set back, and the other stands still while the machine sleeps. */
  const isOver = ({ login, startedAt, usedAt }: Entry): boolean => {
    const { idleMs, absoluteMs } = limits();
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    const age = Math.max(now - login.created, monotonic - startedAt);
    return age >= absoluteMs || Math.max(now - login.used, monotonic - usedAt) >= idleMs;
  };

  const expiryOf = ({ created, used }: Login): string => {
    const { idleMs, absoluteMs } = limits();
    return new Date(Math.min(created + absoluteMs, used + idleMs)).toISOString();
  };

  const write = (entry: Entry): Promise<void> =>
    inTurn(async () => {
      const { login } = entry;
      if (entries.get(login.secretHash) !== entry) return;
      entry.written = login.used;
      await records.put(login.id, { ...login, expires: expiryOf(login) });
    }).catch(onFault);

  const remove = async ({ id, secretHash }: Login): Promise<void> => {
    entries.delete(secretHash);
    onEnd();
    await inTurn(() => records.remove(id));
  };

  const sweep = async (): Promise<void> => {
    const over = [...entries.values()].filter(isOver);
    await Promise.all(over.map(({ login }) => remove(login).catch(onFault)));
  };

  return {
    load: async () => {
      const [now, monotonic] = [clock.now(), clock.monotonic()];
      for (const { expires: _, ...login } of await records.all()) {
        entries.set(login.secretHash, {
          login,
          startedAt: monotonic - Math.max(0, now - login.created),
          usedAt: monotonic - Math.max(0, now - login.used),
          written: login.used,
        });
      }
    },
    add: async (login) => {
      await sweep();
      const monotonic = clock.monotonic();
      const entry = { login, startedAt: monotonic, usedAt: monotonic, written: 0 };
      entries.set(login.secretHash, entry);
      await write(entry);
    },
    use: (secretHash) => {
      const entry = entries.get(secretHash);
      if (entry === undefined) return undefined;
      if (isOver(entry)) {
        remove(entry.login).catch(onFault);
        return undefined;
      }
      entry.login = { ...entry.login, used: clock.now() };
      entry.usedAt = clock.monotonic();
      if (entry.login.used - entry.written >= limits().idleMs / WRITE_SHARE) void write(entry);
      return entry.login;
    },
    find: (secretHash) => {
      const entry = entries.get(secretHash);
      return entry === undefined || isOver(entry) ? undefined : entry.login;
    },
    all: () => [...entries.values()].filter((entry) => !isOver(entry)).map(({ login }) => login),
    remove,
    flush: async () => {
      const unwritten = [...entries.values()].filter(({ login, written }) => login.used > written);
      await Promise.all(unwritten.map(write));
      await inTurn(() => Promise.resolve());
    },
  };
}
