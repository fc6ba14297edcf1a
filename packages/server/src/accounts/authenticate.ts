import { timingSafeEqual } from 'node:crypto';
import { isExpired, type Config } from '@berth/config';
import { hashSecret } from '@berth/config/secret';
import { parseAuthorization, Problem } from '@berth/contract';
import type { ClientCaller } from '../http/caller.ts';

/** Takes an `Authorization` header. `bad_request` when malformed; otherwise `unauthorized`, always alike. */
export type Authenticate = (authorization: string | undefined) => ClientCaller;

/** What an unknown client is compared with, so that it takes as long as a known one. */
const NOBODY = `sha256:${'0'.repeat(64)}`;

export function createAuthenticate(options: {
  readonly config: () => Config;
  /** Milliseconds since 1970: tokens expire by the calendar. */
  readonly now: () => number;
}): Authenticate {
  return (authorization) => {
    if (authorization === undefined) throw unauthorized();
    const credential = parseAuthorization(authorization);
    if (credential === undefined) {
      throw new Problem(
        'bad_request',
        'The Authorization header is malformed: it must be "Bearer <client-uuid>.<secret>".',
      );
    }
    const { clientId, secret } = credential;
    const account = options.config().accountOfClient.get(clientId);
    const client = account?.clients[clientId];
    const isRight = timingSafeEqual(
      Buffer.from(hashSecret(secret)),
      Buffer.from(client?.token_hash ?? NOBODY),
    );
    if (!isRight || account === undefined || client === undefined) throw unauthorized();
    if (account.disabled || isExpired(client, new Date(options.now()))) throw unauthorized();
    return { kind: 'client', account, clientId };
  };
}

/** Who a client is by now that proved itself before; undefined where its credential would not do any more. */
export function createJudge(options: {
  readonly config: () => Config;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}): (caller: ClientCaller) => ClientCaller | undefined {
  return ({ account: before, clientId }) => {
    const account = options.config().accountOfClient.get(clientId);
    const client = account?.clients[clientId];
    if (account === undefined || client === undefined) return undefined;
    if (client.token_hash !== before.clients[clientId]?.token_hash) return undefined;
    if (account.disabled || isExpired(client, new Date(options.now()))) return undefined;
    return { kind: 'client', account, clientId };
  };
}

function unauthorized(): Problem {
  return new Problem(
    'unauthorized',
    'You are not logged in here, or this login was revoked. Log in again: berth login URL',
  );
}
