import { randomUUID } from 'node:crypto';
import {
  addClient,
  isExpired,
  refuseTakenClientName,
  removeClient,
  updateClient,
} from '@berth/config';
import { newSecret } from '@berth/config/secret';
import {
  formatAuthorization,
  Problem,
  type ClientChange,
  type ClientView,
  type NewClient,
  type ShownClient,
  type UserView,
  type Uuid,
} from '@berth/contract';
import type { Change } from '../http/if-match.ts';
import type { Users } from './users.ts';

/** What admins do with the clients of users. `not_found` where the user has no such client. */
export interface Clients {
  add(userId: Uuid, entry: NewClient, made: Change): Promise<ShownClient>;
  change(userId: Uuid, id: Uuid, change: ClientChange, made: Change): Promise<ClientView>;
  /** The old secret ends at once. */
  reset(userId: Uuid, id: Uuid, made: Change): Promise<ShownClient>;
  /** Its next request is refused. */
  revoke(userId: Uuid, id: Uuid, made: Change): Promise<ClientView>;
}

export function createClients(options: {
  readonly users: Pick<Users, 'edit' | 'view'>;
  readonly now: () => Date;
}): Clients {
  const { users, now } = options;

  const clientOf = (userId: Uuid, id: Uuid): ClientView => {
    const user = users.view(userId);
    const client = user.clients.find((one) => one.id === id);
    if (client !== undefined) return client;
    throw new Problem('not_found', `${user.username} has no client ${id}.`);
  };

  return {
    add: async (userId, { name, expires = null }, made) => {
      const { secret, hash } = newSecret();
      const id = randomUUID();
      const created = now().toISOString();
      const user = await users.edit(
        userId,
        (username) => `add client ${name} of ${username}`,
        (edit) => {
          refuseTakenClientName(edit, userId, name);
          addClient(edit, userId, id, { name, token_hash: hash, created, expires });
        },
        made,
      );
      return shown(user, id, secret);
    },

    change: async (userId, id, change, made) => {
      const before = clientOf(userId, id);
      const user = await users.edit(
        userId,
        (username) => `change client ${before.name} of ${username}`,
        (edit) => {
          updateClient(edit, userId, id, change);
        },
        made,
      );
      return found(user, id);
    },

    reset: async (userId, id, made) => {
      const before = clientOf(userId, id);
      refuseExpired(before, now(), 'Set another expiry first.');
      const { secret, hash } = newSecret();
      const user = await users.edit(
        userId,
        (username) => `reset client ${before.name} of ${username}`,
        (edit) => {
          updateClient(edit, userId, id, { token_hash: hash });
        },
        made,
      );
      return shown(user, id, secret);
    },

    revoke: async (userId, id, made) => {
      const before = clientOf(userId, id);
      await users.edit(
        userId,
        (username) => `revoke client ${before.name} of ${username}`,
        (edit) => {
          removeClient(edit, userId, id);
        },
        made,
      );
      return before;
    },
  };
}

/** Throws `conflict` for an expired client: its secret would lead nowhere, and look as if it did. */
export function refuseExpired(
  { name, user, expires }: ClientView,
  now: Date,
  advice: string,
): void {
  if (!isExpired({ expires }, now)) return;
  throw new Problem(
    'conflict',
    `${name} of ${user} has expired, at ${expires}: a new secret would not let it in. ${advice}`,
  );
}

function found({ clients }: UserView, id: Uuid): ClientView {
  const client = clients.find((one) => one.id === id);
  if (client === undefined) throw new Error(`The client ${id} is not there after the edit`);
  return client;
}

function shown(user: UserView, id: Uuid, secret: string): ShownClient {
  return {
    ...found(user, id),
    secret,
    authorization: formatAuthorization({ clientId: id, secret }),
  };
}
