import type { ContainersFile, Limits, MainFile, User, UserFile, Uuid } from '@berth/contract';
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

/** The same where those that are not valid by themselves are missing. */
export interface JudgedFiles extends Pick<LoadedFiles, 'users' | 'perUser'> {
  readonly main: LoadedFiles['main'] | undefined;
  readonly containers: LoadedFiles['containers'] | undefined;
}

/** Where nothing tells them the accounts are only judged. */
const NO_LIMITS: Limits = { containers: 0, cpus: 0, memory: '0b', pids: 0 };

/**
 * The accounts after some files have changed. Works out only those that the changes concern, unless
 * settings or templates changed; but what is wrong is told as if everything had been loaded. What a
 * missing file would have to tell is not judged.
 *
 * @param touched whose own files changed, came or went
 */
export function nextAccounts(
  previous: (LoadedFiles & { readonly accounts: Accounts }) | undefined,
  files: JudgedFiles,
  touched: Iterable<Uuid>,
  report: Report,
): Accounts {
  const { main, containers, users, perUser } = files;
  const sources: AccountSources = {
    users,
    perUser,
    templates: containers && new Set(Object.keys(containers.value.containers)),
    limits: main?.value.limits.per_user ?? NO_LIMITS,
    admin: main?.value.admin.username,
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
  { users, perUser }: JudgedFiles,
  known: Accounts | undefined,
): Map<Uuid, User | undefined> {
  const ids = users.cut?.entries.map(({ key }) => key) ?? users.changes.keys();
  const all = new Map<Uuid, User | undefined>();
  for (const id of ids) all.set(id, users.changes.get(id) ?? known?.byId.get(id)?.user);
  for (const id of [...perUser.keys()].toSorted()) if (!all.has(id)) all.set(id, undefined);
  return all;
}
