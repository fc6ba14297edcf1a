import type { Settings } from '@berth/config';
import { counted, rateLimited, type Problem } from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { createAllowance } from './allowance.ts';
import type { Caller } from './caller.ts';
import { networkOf } from './address.ts';

type Rates = Settings['rates'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counted apart, and more tightly, than what else comes from the address. */
    readonly limit?: 'login' | 'enrol';
  }
}

/** What counts where. Everything here throws `rate_limited` with the seconds to wait. */
export interface RateLimits {
  /** A request of somebody who has proved who they are: counts for the client, or for the browser’s login. */
  known(caller: Caller): void;
  /**
   * A request for anyone, one that failed to prove who makes it, one for nothing that is there, or one that
   * is limited apart: counts for the address.
   */
  fromAddress(request: FastifyRequest): void;
  /**
   * A try to log in to an account, whether there is one or not. Counts for the account, but not from where
   * it was logged in to before: else who tries passwords from everywhere could keep its owner out.
   */
  tryLogin(account: string, address: string): void;
  loggedIn(account: string, address: string): void;
  /** How many requests were refused since the start. */
  refused(): number;
}

/**
 * @param options.rates is asked each time: a reload may change them
 * @param options.monotonic milliseconds that never go backwards
 */
export function createRateLimits(options: {
  readonly rates: () => Rates;
  readonly monotonic: () => number;
}): RateLimits {
  const { rates, monotonic } = options;
  const of = (kind: keyof Rates) =>
    createAllowance({ perMinute: () => rates()[kind], now: monotonic });
  const clients = of('client');
  const browsers = of('browser');
  const addresses = { address: of('address'), login: of('login'), enrol: of('enrol') };
  const accounts = of('login');
  const familiar = createFamiliar();
  let refused = 0;

  const refuseAfter = (waitMs: number, whose: string): void => {
    if (waitMs === 0) return;
    refused += 1;
    throw tooMany(whose, waitMs);
  };

  return {
    known: (caller) => {
      if (caller.kind === 'client') refuseAfter(clients.take(caller.clientId), 'from this client');
      else refuseAfter(browsers.take(caller.login.id), 'from this login');
    },
    fromAddress: ({ ip, routeOptions }) => {
      const kind = routeOptions.config.limit ?? 'address';
      refuseAfter(addresses[kind].take(networkOf(ip)), 'from this address');
    },
    tryLogin: (account, address) => {
      if (familiar.has(account, networkOf(address))) return;
      refuseAfter(accounts.take(account), 'to log in to this account');
    },
    loggedIn: (account, address) => {
      familiar.add(account, networkOf(address));
    },
    refused: () => refused,
  };
}

/** @param whose such as `from this client`, for a person */
function tooMany(whose: string, waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  const time = counted(seconds, 'second');
  return rateLimited(`Too many requests ${whose}. Try again in ${time}.`, seconds);
}

const MOST_FAMILIAR = 10_000;

/** Where accounts were logged in to from, the latest of them. */
function createFamiliar() {
  const places = new Set<string>();
  const keyOf = (account: string, network: string): string => `${network} ${account}`;
  return {
    has: (account: string, network: string): boolean => places.has(keyOf(account, network)),
    add: (account: string, network: string): void => {
      const key = keyOf(account, network);
      places.delete(key);
      places.add(key);
      const [oldest = key] = places;
      if (places.size > MOST_FAMILIAR) places.delete(oldest);
    },
  };
}
