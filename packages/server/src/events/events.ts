import type { ServerResponse } from 'node:http';
import type { Later } from '@berth/config';
import { rateLimited } from '@berth/contract';
import { isAdmin, mayMonitor, type Caller } from '../http/caller.ts';
import { createListener, type EndReason, type Listener } from './listener.ts';
import { createRing, type Publication } from './ring.ts';

/** What changes in the server, told to those whom it concerns. */
export interface Events {
  publish(publications: Iterable<Publication>): void;
  /** Throws `rate_limited` where the caller, or all together, listen too often already. */
  admit(caller: Caller): void;
  /**
   * Sends on an answer whose headers are sent, until one of the two ends it.
   *
   * @param lastId of the event to go on behind; from now on where there is none
   * @param judge who the caller is by now; undefined for one who is let in no more
   */
  listen(
    stream: ServerResponse,
    options: {
      readonly caller: Caller;
      readonly lastId: string | undefined;
      readonly judge: (caller: Caller) => Caller | undefined;
    },
  ): void;
  /** Ends the streams of those who are let in no more, or have other rights than before. */
  judgeAgain(): void;
  /** How many listen. */
  listeners(): number;
  /** Ends all streams. */
  close(): void;
}

/** Proxies close what is silent for a minute, and some for half of one. */
const BEAT_MS = 15_000;

/** A browser has six connections to a server at most, a person some tabs and clients. */
const MOST_OF_ONE = 16;
const MOST = 2048;
const RETRY_SECONDS = 10;

/** Together some minutes of a busy day, for those who come back. */
const MOST_KEPT = { events: 10_000, bytes: 8 * 1024 * 1024 };

/** @param options.life names this life of the server: hex digits that no other has */
export function createEvents(options: {
  readonly life: string;
  readonly now: () => Date;
  readonly later: Later;
}): Events {
  const { life, now, later } = options;
  const ring = createRing({ life, now, most: MOST_KEPT });
  const judges = new Map<Listener, (caller: Caller) => Caller | undefined>();
  const countOf = new Map<string, number>();
  let isBeating = false;

  const count = (caller: Caller, more: number): void => {
    const key = keyOf(caller);
    const next = (countOf.get(key) ?? 0) + more;
    if (next === 0) countOf.delete(key);
    else countOf.set(key, next);
  };

  const judgeAgain = (): void => {
    for (const [listener, judge] of judges) {
      const { caller } = listener;
      const today = judge(caller);
      if (today === undefined) end(listener, 'not_logged_in');
      else if (rightsOf(today) !== rightsOf(caller)) end(listener, 'rights_changed');
    }
  };

  const end = (listener: Listener, reason: EndReason): void => {
    judges.delete(listener);
    listener.end(reason, now());
  };

  const beatLater = (): void => {
    if (isBeating || judges.size === 0) return;
    isBeating = true;
    later(() => {
      isBeating = false;
      // Credentials run out without that anything tells it.
      judgeAgain();
      for (const listener of judges.keys()) listener.beat();
      beatLater();
    }, BEAT_MS);
  };

  return {
    publish: (publications) => {
      for (const publication of publications) ring.add(publication);
      for (const listener of judges.keys()) listener.send();
    },
    admit: (caller) => {
      if (judges.size < MOST && (countOf.get(keyOf(caller)) ?? 0) < MOST_OF_ONE) return;
      throw rateLimited(
        'Too many listen for events already. Close one of yours, or try again later.',
        RETRY_SECONDS,
      );
    },
    listen: (stream, { caller, lastId, judge }) => {
      const listener = createListener({ caller, ring, stream, lastId, now });
      judges.set(listener, judge);
      count(caller, 1);
      stream.on('close', () => {
        judges.delete(listener);
        count(caller, -1);
      });
      beatLater();
    },
    judgeAgain,
    listeners: () => judges.size,
    close: () => {
      for (const listener of judges.keys()) end(listener, 'stopping');
    },
  };
}

const keyOf = ({ account }: Caller): string => account?.id ?? 'admin';

/** Two callers with the same may call the same. */
const rightsOf = (caller: Caller): string => {
  const isLimited = caller.kind === 'login' && caller.login.mustChangePassword;
  return `${isLimited} ${isAdmin(caller)} ${mayMonitor(caller)}`;
};
