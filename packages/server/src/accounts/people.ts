import { hash } from 'node:crypto';
import { updateAdmin, updateUser, type Account, type Config, type Edit } from '@berth/config';
import type { Name, Right } from '@berth/contract';
import type { LoginCaller } from '../http/caller.ts';

/** The UUID of a user, or `admin`: the built-in one of `main.yaml`, whatever they are called. */
export type PersonId = string;

/** Whose a login is. */
export const personIdOf = ({ account }: LoginCaller): PersonId => account?.id ?? 'admin';

/** Somebody who may have a password. */
export interface Person {
  readonly id: PersonId;
  readonly username: Name;
  /** Undefined for the built-in admin. */
  readonly account: Account | undefined;
  readonly rights: readonly Right[];
  /** Undefined where no password lets them in: also for who is disabled. */
  readonly passwordHash: string | undefined;
  readonly mustChangePassword: boolean;
}

/** @param name as it was typed */
export function personByName(config: Config, name: string): Person | undefined {
  if (name === config.settings.admin.username) return builtIn(config);
  const account = config.accountByName.get(name);
  return account && personOf(account);
}

export function personById(config: Config, id: PersonId): Person | undefined {
  if (id === 'admin') return builtIn(config);
  const account = config.accounts.get(id);
  return account && personOf(account);
}

function builtIn({ settings: { admin } }: Config): Person {
  return {
    id: 'admin',
    username: admin.username,
    account: undefined,
    rights: ['admin'],
    passwordHash: admin.password_hash,
    mustChangePassword: admin.change_password === true,
  };
}

function personOf(account: Account): Person {
  const { id, username, user, disabled } = account;
  return {
    id,
    username,
    account,
    rights: user.rights ?? [],
    passwordHash: disabled ? undefined : user.password_hash,
    mustChangePassword: user.change_password === true,
  };
}

/** Stores a password that they have chosen themselves, or another hash of the one they have. */
export function setPasswordHash(edit: Edit, id: PersonId, passwordHash: string): void {
  if (id === 'admin') updateAdmin(edit, { password_hash: passwordHash });
  else updateUser(edit, id, { password_hash: passwordHash });
}

/** They need not change it any more. */
export function clearPasswordChange(edit: Edit, id: PersonId): void {
  if (id === 'admin') updateAdmin(edit, { change_password: null });
  else updateUser(edit, id, { change_password: null });
}

/** Tells one stored password from the next, also where that is the same word with a new salt. */
export const digestOf = (passwordHash: string): string => hash('sha256', passwordHash, 'hex');
