import { randomUUID } from 'node:crypto';
import {
  addUser,
  findTemplates,
  findUser,
  refuseShortPassword,
  refuseTakenName,
  removeUser,
  setAccess,
  updateUser,
  type Account,
  type Config,
  type ConfigStore,
  type createPasswords,
  type Edit,
  type EditConfig,
} from '@berth/config';
import type {
  ChangedUser,
  Ended,
  Name,
  NewUser,
  RemovedUser,
  User,
  UserChange,
  UserPage,
  UserQuery,
  UserRemoval,
  UserView,
  Uuid,
} from '@berth/contract';
import type { Log } from '@berth/logs';
import { expectShown } from '../expect-shown.ts';
import type { Change } from '../http/if-match.ts';
import { pageOf } from '../http/page.ts';
import { createSortedAccounts } from '../sorted-accounts.ts';
import { userSummary, userView } from './user-view.ts';

/** What admins do with users. */
export interface Users {
  page(query: UserQuery): UserPage;
  /** Throws `not_found`. */
  view(id: Uuid): UserView;
  add(entry: NewUser, by: Name): Promise<UserView>;
  change(id: Uuid, change: UserChange, made: Change): Promise<ChangedUser>;
  /** Ends all of theirs: clients, logins, containers. */
  remove(id: Uuid, removal: UserRemoval, made: Change): Promise<RemovedUser>;
  /**
   * Makes any other edit of a user.
   *
   * @param what for the history, of the user’s name
   */
  edit(
    id: Uuid,
    what: (username: Name) => string,
    change: (edit: Edit) => void,
    made: Change,
  ): Promise<UserView>;
}

export function createUsers(options: {
  readonly config: () => Config;
  readonly edit: EditConfig;
  readonly history: ConfigStore['history'];
  readonly passwords: Pick<ReturnType<typeof createPasswords>, 'hash'>;
  /** Ends what they run. Throws where that cannot be done now. */
  readonly endUser: (id: Uuid, volumes: 'keep' | 'remove') => Promise<void>;
  readonly log: Pick<Log, 'warn'>;
}): Users {
  const { config, edit, history, passwords, endUser, log } = options;
  const sorted = createSortedAccounts(config);

  const view = (id: Uuid): UserView => userView(config(), findUser(config(), id));

  const hashOf = async (password: string): Promise<string> => {
    refuseShortPassword(password);
    return passwords.hash(password);
  };

  /** Edits a user, found by UUID: another may have got the name meanwhile. Returns who they were. */
  const editUser = async (
    id: Uuid,
    what: (username: Name) => string,
    change: (one: Edit) => void,
    { by, revision }: Change,
  ): Promise<Account> => {
    const before = findUser(config(), id);
    await edit({ by, what: what(before.username) }, async (one) => {
      findUser(one.config, id);
      await expectShown(one, history, { kind: 'user', id }, revision);
      change(one);
    });
    return before;
  };

  const ended = async (id: Uuid, volumes: 'keep' | 'remove'): Promise<Ended> => {
    try {
      await endUser(id, volumes);
      return { containers: 'ended', volumes: volumes === 'keep' ? 'kept' : 'removed' };
    } catch (error) {
      log.warn('containers_not_ended', { user: id, error });
      return { containers: 'pending', volumes: volumes === 'keep' ? 'kept' : 'left' };
    }
  };

  return {
    page: (query) => {
      const isWanted = filterOf(query);
      const { items, ...page } = pageOf(
        sorted().filter(isWanted),
        ({ username }) => username,
        query,
      );
      return { users: items.map(userSummary), ...page };
    },

    view,

    add: async ({ password, change_password: mustChange = true, ...entry }, by) => {
      // Before the work of hashing, which is told apart from a refusal by its time alone.
      refuseTakenName(config(), entry.username);
      findTemplates(config(), entry.containers ?? []);
      const hash = password === undefined ? undefined : await hashOf(password);
      const id = randomUUID();
      const user: User = {
        ...entry,
        ...(hash !== undefined && { password_hash: hash }),
        ...(hash !== undefined && mustChange && { change_password: true }),
      };
      await edit({ by, what: `add user ${entry.username}` }, (one) => {
        addUser(one, id, user);
      });
      return view(id);
    },

    change: async (id, { password, containers, ...rest }, made) => {
      const hash = typeof password === 'string' ? await hashOf(password) : password;
      const keys = Object.keys({ ...rest, ...(containers && { containers }) });
      if (password !== undefined) keys.push('password');
      const { disabled } = await editUser(
        id,
        (username) => `change user ${username} (${keys.join(', ')})`,
        (one) => {
          updateUser(one, id, patchOf(rest, hash));
          if (containers !== undefined) setAccess(one, id, { containers });
        },
        made,
      );
      if (disabled || rest.disabled !== true) return view(id);
      return { ...view(id), ended: await ended(id, 'keep') };
    },

    remove: async (id, { volumes }, made) => {
      const { username } = await editUser(
        id,
        (name) => `remove user ${name}`,
        (one) => removeUser(one, id),
        made,
      );
      return { id, username, ended: await ended(id, volumes) };
    },

    edit: async (id, what, change, made) => {
      await editUser(id, what, change, made);
      return view(id);
    },
  };
}

function filterOf({ name = '', template, right, disabled }: UserQuery) {
  return (account: Account): boolean =>
    account.username.startsWith(name) &&
    (template === undefined || account.templates.has(template)) &&
    (right === undefined || account.user.rights?.includes(right) === true) &&
    (disabled === undefined || account.disabled === disabled);
}

/** @param hash null takes the password away */
function patchOf(
  { change_password: mustChange, disabled, ...rest }: Omit<UserChange, 'password' | 'containers'>,
  hash: string | null | undefined,
): Parameters<typeof updateUser>[2] {
  const isChangeTold = mustChange !== undefined || hash !== undefined;
  // Who sets a password for somebody else knows it.
  const wantsChange = hash !== null && (mustChange ?? true);
  return {
    ...rest,
    ...(hash !== undefined && { password_hash: hash }),
    ...(isChangeTold && { change_password: wantsChange ? true : null }),
    ...(disabled !== undefined && { disabled: disabled ? true : null }),
  };
}
