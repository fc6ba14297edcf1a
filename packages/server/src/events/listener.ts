import type { ServerResponse } from 'node:http';
import { isAdmin, mayMonitor, type Caller } from '../http/caller.ts';
import { frameOf, heartbeatOf, openingOf } from './frame.ts';
import type { Audience, Ring } from './ring.ts';

/** Why a stream ends that its listener has not ended. */
export type EndReason = 'not_logged_in' | 'rights_changed' | 'stopping';

/**
 * Who hears of events, over one connection. What its reader has not taken yet stays in the ring alone: a
 * slow one costs no more than what the connection itself holds back.
 */
export interface Listener {
  readonly caller: Caller;
  /** Sends what is new, as far as the reader takes it. */
  send(): void;
  /** Shows that the connection stands. One that took nothing since the last time is cut. */
  beat(): void;
  end(reason: EndReason, at: Date): void;
}

/** How long a listener is to wait until it tries again. */
const RETRY_MS = 2000;

/**
 * Begins a stream on an answer whose headers are sent.
 *
 * @param lastId of the event to go on behind; from now on where there is none
 */
export function createListener(options: {
  readonly caller: Caller;
  readonly ring: Ring;
  readonly stream: ServerResponse;
  readonly lastId: string | undefined;
  readonly now: () => Date;
}): Listener {
  const { caller, ring, stream, lastId, now } = options;
  const known = lastId === undefined ? ring.newest() : ring.after(lastId);
  let sent = known ?? ring.newest();
  let isStuck = false;

  const send = (): void => {
    isStuck = false;
    if (stream.writableEnded) return;
    stream.cork();
    while (sent < ring.newest() && !stream.writableNeedDrain) {
      const event = ring.get(sent + 1);
      if (event === undefined) {
        // Too slow: it has to come back, and then learns that it has missed something.
        stream.destroy();
        return;
      }
      sent += 1;
      if (concerns(event.audience, caller)) stream.write(event.frame);
    }
    stream.uncork();
  };

  stream.write(openingOf(ring.idOf(sent), RETRY_MS));
  if (known === undefined) stream.write(frameOf({ kind: 'reset', at: now().toISOString() }));
  stream.on('drain', send);
  send();
  return {
    caller,
    send: () => {
      if (!stream.writableNeedDrain) send();
    },
    beat: () => {
      if (!stream.writableNeedDrain) stream.write(heartbeatOf(ring.idOf(sent)));
      else if (isStuck) stream.destroy();
      else isStuck = true;
    },
    end: (reason, at) => {
      // The last word would not get through, and the stream would not end.
      if (stream.writableNeedDrain) stream.destroy();
      else stream.end(frameOf({ kind: 'ended', at: at.toISOString(), reason }));
    },
  };
}

function concerns({ users, right }: Audience, caller: Caller): boolean {
  if (caller.account !== undefined && users?.has(caller.account.id) === true) return true;
  if (right === undefined) return false;
  return right === 'monitor' ? mayMonitor(caller) : caller.kind === 'login' && isAdmin(caller);
}
