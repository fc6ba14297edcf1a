import type { ContainersFile, MainFile, User, UserFile, Uuid } from '@berth/contract';
import { NO_ACCOUNTS, updateAccounts, type Accounts, type AccountSources } from './accounts.ts';
import type { Loaded, LoadedUsers, Report } from './loaded.ts';
import type { Table } from './table.ts';

/** All files, loaded. */
export interface LoadedFiles {
  readonly main: Loaded<MainFile>;
  readonly containers: Loaded<ContainersFile>;
  readonly users: LoadedUsers;
  readonly perUser: Table<Uuid, Loaded<UserFile>>;
}

/**
 * The accounts after some files have changed. Works out only those that the changes concern, unless
 * settings or templates changed; but what is wrong is told as if everything had been loaded.
 *
 * @param touched whose own files changed, came or went
 */
export function nextAccounts(
  previous: (LoadedFiles & { readonly accounts: Accounts }) | undefined,
  files: LoadedFiles,
  touched: Iterable<Uuid>,
  report: Report,
): Accounts {
  const { main, containers, users, perUser } = files;
  const sources: AccountSources = {
    users,
    perUser,
    templates: new Set(Object.keys(containers.value.containers)),
    limits: main.value.limits.per_user,
    admin: main.value.admin.username,
  };
  const isUsersNew = users !== previous?.users;
  const isEverybody =
    previous === undefined ||
    (isUsersNew && users.isWhole) ||
    main !== previous.main ||
    containers !== previous.containers;
  if (!isEverybody) {
    const changes = new Map<Uuid, User | undefined>(isUsersNew ? users.changes : []);
    for (const id of touched) {
      if (!changes.has(id)) changes.set(id, previous.accounts.byId.get(id)?.user);
    }
    const wrong: string[] = [];
    const accounts = updateAccounts(
      previous.accounts,
      changes,
      sources,
      (_file, _path, message) => {
        wrong.push(message);
      },
    );
    if (wrong.length === 0) return accounts;
  }
  return updateAccounts(NO_ACCOUNTS, everybody(files, previous?.accounts), sources, report);
}

/** All users in the order of the file, and then those who only have a file of their own. */
function everybody(
  { users, perUser }: LoadedFiles,
  known: Accounts | undefined,
): Map<Uuid, User | undefined> {
  const ids = users.cut?.entries.map(({ key }) => key) ?? users.changes.keys();
  const all = new Map<Uuid, User | undefined>();
  for (const id of ids) all.set(id, users.changes.get(id) ?? known?.byId.get(id)?.user);
  for (const id of [...perUser.keys()].toSorted()) if (!all.has(id)) all.set(id, undefined);
  return all;
}
