import { closest, Uuid, type Limits, type Name, type User, type UserFile } from '@berth/contract';
import { Check } from 'typebox/value';
import type { Account } from './config.ts';
import type { Loaded, LoadedUsers, Report } from './loaded.ts';
import { emptyTable, type Table } from './table.ts';

/** The people, by all they are looked up by. An edit shares all but the edited user with the old. */
export interface Accounts {
  readonly byId: Table<Uuid, Account>;
  readonly byName: Table<Name, Account>;
  readonly byClient: Table<Uuid, Account>;
  /** Clients by the hash of their token: no two may have the same. */
  readonly clientOfToken: Table<string, Uuid>;
}

export const NO_ACCOUNTS: Accounts = {
  byId: emptyTable(),
  byName: emptyTable(),
  byClient: emptyTable(),
  clientOfToken: emptyTable(),
};

export interface AccountSources {
  readonly users: LoadedUsers;
  readonly perUser: Table<Uuid, Loaded<UserFile>>;
  /** Undefined where nothing tells which there are. */
  readonly templates: ReadonlySet<Name> | undefined;
  /** What a user gets whose own file does not say otherwise. */
  readonly limits: Limits;
  /** What the built-in admin is called; undefined where nothing tells it. */
  readonly admin: Name | undefined;
}

/**
 * Works out the accounts of some users anew and leaves all others as they were. Reports names,
 * clients and tokens that two have, and templates that there are not.
 *
 * @param changes by UUID the user there is to be; undefined takes one away
 */
export function updateAccounts(
  accounts: Accounts,
  changes: ReadonlyMap<Uuid, User | undefined>,
  sources: AccountSources,
  report: Report,
): Accounts {
  const byId = accounts.byId.change();
  const byName = accounts.byName.change();
  const byClient = accounts.byClient.change();
  const clientOfToken = accounts.clientOfToken.change();
  // All old ones go first: two users may swap their names.
  for (const id of changes.keys()) {
    const old = byId.get(id);
    if (old === undefined) continue;
    byId.delete(id);
    byName.delete(old.username);
    for (const [clientId, client] of Object.entries(old.clients)) {
      byClient.delete(clientId);
      clientOfToken.delete(client.token_hash);
    }
  }
  for (const [id, user] of changes) {
    const own = sources.perUser.get(id);
    if (user === undefined) {
      // A user's own file may outlive them: taking them out of users.yaml has to lock them out at once.
      if (own !== undefined && !Check(Uuid, id)) report(own, [], withoutUser(id, byName));
      continue;
    }
    const account = accountOf(id, user, own?.value, sources.limits);
    checkTemplates(account, own, sources, report);
    if (byName.has(user.username)) {
      const path = ['users', id, 'username'];
      report(sources.users, path, `another user is called ${user.username} too`);
    }
    if (user.username === sources.admin) {
      const path = ['users', id, 'username'];
      report(sources.users, path, likeAdmin(user.username));
    }
    byId.set(id, account);
    byName.set(user.username, account);
    for (const [clientId, client] of Object.entries(account.clients)) {
      const path = ['users', id, 'clients', clientId];
      if (byClient.has(clientId)) {
        report(sources.users, path, 'another user has a client with this UUID', 'key');
      }
      if (clientOfToken.has(client.token_hash)) {
        report(sources.users, [...path, 'token_hash'], 'another client has the same token');
      }
      if (typeof client.expires === 'string' && Number.isNaN(Date.parse(client.expires))) {
        report(sources.users, [...path, 'expires'], 'there is no such moment');
      }
      byClient.set(clientId, account);
      clientOfToken.set(client.token_hash, clientId);
    }
  }
  return {
    byId: byId.done(),
    byName: byName.done(),
    byClient: byClient.done(),
    clientOfToken: clientOfToken.done(),
  };
}

/** Both log in by name, and the history names both. */
const likeAdmin = (name: Name): string =>
  `the built-in admin of main.yaml is called ${name} too: give one of them another name`;

/** A hand may have called the file what it calls the user. */
function withoutUser(stem: string, byName: Pick<Table<Name, Account>, 'get'>): string {
  const named = byName.get(stem);
  if (named !== undefined) {
    return `must be called by the UUID of ${stem}, which is ${named.id}`;
  }
  return 'a file here is called by the UUID of its user';
}

function accountOf(id: Uuid, user: User, own: UserFile | undefined, limits: Limits): Account {
  return {
    id,
    username: user.username,
    disabled: user.disabled ?? false,
    templates: allowedTemplates(user.containers, own),
    limits: own?.limits === undefined ? limits : { ...limits, ...own.limits },
    overrides: own?.overrides ?? {},
    clients: user.clients ?? {},
    user,
    own,
  };
}

function allowedTemplates(base: readonly Name[] = [], own: UserFile | undefined): Set<Name> {
  const allowed = new Set(base);
  for (const name of own?.containers?.allow ?? []) allowed.add(name);
  for (const name of own?.containers?.deny ?? []) allowed.delete(name);
  return allowed;
}

function checkTemplates(
  { id, user }: Account,
  own: Loaded<UserFile> | undefined,
  { users, templates }: AccountSources,
  report: Report,
): void {
  if (templates === undefined) return;
  const check = (
    file: Pick<Loaded<unknown>, 'issues'>,
    path: string[],
    names: readonly Name[] = [],
  ): void => {
    names.forEach((name, index) => {
      if (!templates.has(name)) report(file, [...path, index], unknownTemplate(name, templates));
    });
  };
  check(users, ['users', id, 'containers'], user.containers);
  if (own === undefined) return;
  check(own, ['containers', 'allow'], own.value.containers?.allow);
  check(own, ['containers', 'deny'], own.value.containers?.deny);
  for (const name of Object.keys(own.value.overrides ?? {})) {
    if (!templates.has(name)) {
      report(own, ['overrides', name], unknownTemplate(name, templates), 'key');
    }
  }
}

function unknownTemplate(name: Name, templates: ReadonlySet<Name>): string {
  const near = closest(name, templates);
  const hint = near === undefined ? '' : ` (did you mean ${JSON.stringify(near)}?)`;
  return `no template ${JSON.stringify(name)} in containers.yaml${hint}`;
}
