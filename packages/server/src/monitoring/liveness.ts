import { setImmediate } from 'node:timers/promises';
import type { Account, Config, Later } from '@berth/config';
import type { Liveness, UserStatus, UserStatusPage, UserStatusQuery, Uuid } from '@berth/contract';
import { pageOf } from '../http/page.ts';
import { createSortedAccounts } from '../sorted-accounts.ts';
import type { LastSeen } from './last-seen.ts';

/** Which users are there: who has pinged of late, by any of their clients. */
export interface LivenessTable {
  /** A client of the user has pinged. */
  ping(account: Account, client: Uuid): void;
  /** By name. */
  users(query: UserStatusQuery): UserStatusPage;
  counts(): Readonly<Record<Liveness, number>>;
  /** Looks from now on who has fallen silent. */
  begin(): void;
  end(): void;
}

/** A change for one user. */
export interface LivenessChange {
  readonly account: Account;
  readonly kind: 'user_live' | 'user_stale';
}

/** Those that come back together are told together. */
const SOON_MS = 200;

/** How late it may be noticed that somebody has fallen silent. */
const LOOK_MS = 5000;

/** Looking at 100,000 at once would hold up every answer for 20 ms. */
const AT_A_TIME = 2000;

/** @param options.onChange is told of all that has changed since it was told last */
export function createLiveness(options: {
  readonly config: () => Config;
  readonly lastSeen: Pick<LastSeen, 'see' | 'ageOf' | 'ages'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly later: Later;
  readonly onChange: (changes: readonly LivenessChange[]) => void;
}): LivenessTable {
  const { config, lastSeen, now, later, onChange } = options;
  /** Of all that were ever seen. What a ping has to know is one lookup away. */
  const states = new Map<Uuid, 'live' | 'stale'>();
  const byName = createSortedAccounts(config);
  let changes = new Map<Uuid, LivenessChange>();
  let stop: (() => void) | undefined;
  let stopTelling: (() => void) | undefined;

  const isLive = (ageMs: number): boolean => ageMs <= config().settings.liveness.staleAfterMs;

  const ageOfUser = ({ clients }: Account): number | undefined => {
    let least: number | undefined;
    for (const client in clients) {
      const age = lastSeen.ageOf(client);
      if (age !== undefined && (least === undefined || age < least)) least = age;
    }
    return least;
  };

  const tell = (): void => {
    stopTelling = undefined;
    if (changes.size === 0) return;
    const told = [...changes.values()];
    changes = new Map();
    onChange(told);
  };

  const look = async (): Promise<void> => {
    let looked = 0;
    for (const [id, state] of states) {
      looked += 1;
      if (looked % AT_A_TIME === 0) await setImmediate();
      const account = config().accounts.get(id);
      const age = account && ageOfUser(account);
      if (account === undefined || age === undefined) states.delete(id);
      else if (state === 'live' && !isLive(age)) {
        states.set(id, 'stale');
        changes.set(id, { account, kind: 'user_stale' });
      }
    }
    tell();
  };

  const lookAgain = (): void => {
    stop = later(() => {
      lookAgain();
      void look();
    }, LOOK_MS);
  };

  const seen = (
    ageMs: number | undefined,
  ): Pick<UserStatus, 'liveness' | 'last_seen' | 'age_seconds'> =>
    ageMs === undefined
      ? { liveness: 'never', last_seen: null, age_seconds: null }
      : {
          liveness: isLive(ageMs) ? 'live' : 'stale',
          last_seen: new Date(now() - ageMs).toISOString(),
          age_seconds: Math.floor(ageMs / 1000),
        };

  const statusOf = (account: Account): UserStatus => ({
    id: account.id,
    username: account.username,
    disabled: account.disabled,
    ...seen(ageOfUser(account)),
    clients: Object.entries(account.clients).map(([id, { name }]) => ({
      id,
      name,
      ...seen(lastSeen.ageOf(id)),
    })),
    templates: [...account.templates].toSorted(),
  });

  return {
    ping: ({ id }, client) => {
      lastSeen.see(client);
      if (states.get(id) === 'live') return;
      states.set(id, 'live');
      const account = config().accounts.get(id);
      if (account === undefined) return;
      changes.set(id, { account, kind: 'user_live' });
      stopTelling ??= later(tell, SOON_MS);
    },
    users: ({ username = '', liveness, ...page }) => {
      const wanted = byName().filter(
        (account) =>
          account.username.startsWith(username) &&
          (liveness === undefined || seen(ageOfUser(account)).liveness === liveness),
      );
      const { items, total, next } = pageOf(wanted, (account) => account.username, page);
      return { users: items.map(statusOf), total, next };
    },
    counts: () => {
      let live = 0;
      for (const state of states.values()) if (state === 'live') live += 1;
      // Who was removed in the last seconds is among the states still.
      const never = Math.max(0, config().accounts.size - states.size);
      return { live, stale: states.size - live, never };
    },
    begin: () => {
      for (const [client, age] of lastSeen.ages()) {
        const account = config().accountOfClient.get(client);
        if (account === undefined) continue;
        if (isLive(age)) states.set(account.id, 'live');
        else if (!states.has(account.id)) states.set(account.id, 'stale');
      }
      lookAgain();
    },
    end: () => {
      stop?.();
      stopTelling?.();
    },
  };
}
