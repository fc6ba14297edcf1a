import { timingSafeEqual } from 'node:crypto';
import { isExpired, type Account, type Config } from '@berth/config';
import { hashSecret } from '@berth/config/secret';
import { parseAuthorization, Problem, type Uuid } from '@berth/contract';

/** Who is calling. */
export interface Principal {
  readonly account: Account;
  readonly clientId: Uuid;
}

/** Takes an `Authorization` header. `bad_request` when malformed; otherwise `unauthorized`, always alike. */
export type Authenticate = (authorization: string | undefined) => Principal;

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
    return { account, clientId };
  };
}

function unauthorized(): Problem {
  return new Problem(
    'unauthorized',
    'You are not logged in here, or this login was revoked. Log in again: berth login URL',
  );
}
