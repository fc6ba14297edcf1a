import type { Client, User, Uuid } from '@berth/contract';
import type { Edit } from '../store/edit.ts';

const FILE = 'users.yaml';

export function addUser(edit: Edit, id: Uuid, user: User): void {
  edit.set(FILE, ['users', id], user);
}

/** Adds a client to a user, or replaces theirs with this UUID. */
export function setClient(edit: Edit, userId: Uuid, clientId: Uuid, client: Client): void {
  edit.set(FILE, ['users', userId, 'clients', clientId], client);
}
