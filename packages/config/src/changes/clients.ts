import { Problem, type Client, type Uuid } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import { checkForm } from './form.ts';
import { applyPatch, type Patch } from './patch.ts';
import { userOf, USERS } from './users.ts';

/** What can be another of a client. `expires: null` is never. */
export type ClientPatch = Patch<Pick<Client, 'name' | 'token_hash' | 'expires'>>;

/** Lets a client in. Throws `conflict` for a UUID that is in use, whoever uses it. */
export function addClient(edit: Edit, userId: Uuid, clientId: Uuid, client: Client): void {
  const { clients = {} } = userOf(edit, userId);
  if (edit.config.accountOfClient.has(clientId) || clients[clientId] !== undefined) {
    throw new Problem('conflict', `There is a client ${clientId} already.`);
  }
  edit.set(USERS, ['users', userId, 'clients', clientId], client);
  checkClient(edit, userId, clientId, client.name);
}

/** Throws `conflict` for a new name that another client of the user has. */
export function updateClient(edit: Edit, userId: Uuid, clientId: Uuid, patch: ClientPatch): void {
  const { name } = clientOf(edit, userId, clientId);
  if (typeof patch.name === 'string') refuseTakenClientName(edit, userId, patch.name, clientId);
  applyPatch(edit, USERS, ['users', userId, 'clients', clientId], patch);
  checkClient(edit, userId, clientId, name);
}

/** Revokes a client: its next request is refused. */
export function removeClient(edit: Edit, userId: Uuid, clientId: Uuid): void {
  clientOf(edit, userId, clientId);
  applyPatch(edit, USERS, ['users', userId], { clients: { [clientId]: null } });
}

/**
 * Throws `conflict` where another client of the user has that name. A machine that is enrolled again
 * may have the name of its old client; only where an admin chooses one can it be held to be unique.
 */
export function refuseTakenClientName(
  edit: Edit,
  userId: Uuid,
  name: string,
  clientId?: Uuid,
): void {
  const { username, clients = {} } = userOf(edit, userId);
  const other = Object.entries(clients).find(([id, one]) => one.name === name && id !== clientId);
  if (other === undefined) return;
  throw new Problem(
    'conflict',
    `${username} has a client ${JSON.stringify(name)} already (${other[0]}).`,
  );
}

function clientOf(edit: Edit, userId: Uuid, clientId: Uuid): Client {
  const { username, clients = {} } = userOf(edit, userId);
  const client = clients[clientId];
  if (client !== undefined) return client;
  throw new Problem('not_found', `${username} has no client ${clientId}.`);
}

function checkClient(edit: Edit, userId: Uuid, clientId: Uuid, name: string): void {
  checkForm(edit, USERS, ['users', userId, 'clients', clientId], `The client ${name}`);
}
