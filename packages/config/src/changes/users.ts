import { Problem, type User, type Uuid } from '@berth/contract';
import { commandLine } from '../command-line.ts';
import type { Config } from '../store/config.ts';
import type { Edit } from '../store/edit.ts';
import { ownFileOf } from '../store/state.ts';
import { checkForm } from './form.ts';
import { findTemplates } from './find.ts';
import { applyPatch, type Patch } from './patch.ts';

export const USERS = 'users.yaml';

/** What a user's entry says that is neither a client nor container access. */
type UserPatch = Patch<Omit<User, 'clients' | 'containers'>>;

/** Throws `conflict` for a name or a UUID that is taken, `not_found` for unknown templates. */
export function addUser(edit: Edit, id: Uuid, user: User): void {
  if (edit.value(USERS, ['users', id]) !== undefined) {
    throw new Problem('conflict', `There is a user ${id} already.`);
  }
  refuseTakenName(edit.config, user.username);
  findTemplates(edit.config, user.containers ?? []);
  edit.set(USERS, ['users', id], user);
  checkForm(edit, USERS, ['users', id], `The user ${user.username}`);
}

/** Throws `not_found` for an unknown user, `conflict` for a new name that is taken. */
export function updateUser(edit: Edit, id: Uuid, patch: UserPatch): void {
  const { username } = userOf(edit, id);
  if (typeof patch.username === 'string') refuseTakenName(edit.config, patch.username, id);
  applyPatch(edit, USERS, ['users', id], patch);
  checkForm(edit, USERS, ['users', id], `The user ${username}`);
}

/** Removes a user's entry, and with it every client of theirs, and their own file. */
export function removeUser(edit: Edit, id: Uuid): void {
  userOf(edit, id);
  edit.set(USERS, ['users', id], undefined);
  if (edit.value(ownFileOf(id), []) !== undefined) edit.removeFile(ownFileOf(id));
}

/** The user's entry as the edit leaves it. Throws `not_found`. */
export function userOf(edit: Edit, id: Uuid): User {
  const user = edit.value(USERS, ['users', id]);
  if (user === undefined) throw new Problem('not_found', `There is no user ${id}.`);
  // What the file's schema has passed has its type.
  return user as User;
}

/** Throws `conflict` where the admin, or a user other than this one, has the name. */
export function refuseTakenName(config: Config, name: string, id?: Uuid): void {
  if (name === config.settings.admin.username) {
    throw new Problem(
      'conflict',
      `The built-in admin is called ${name}. Take another name, or give the admin one: ${commandLine(config.directory, 'admin', 'name', 'NAME')}`,
    );
  }
  const other = config.accountByName.get(name);
  if (other === undefined || other.id === id) return;
  throw new Problem('conflict', `There is a user ${name} already (${other.id}).`);
}
