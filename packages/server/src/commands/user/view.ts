import { ownFileOf, revisionOfResource, type Account, type Config } from '@berth/config';
import type { Client } from '@berth/contract';

export type ClientView = ReturnType<typeof clientView>;
export type UserView = ReturnType<typeof userView>;

/** A client as commands show it: without the hash of its secret. */
export function clientView(user: string, id: string, { name, created, expires }: Client) {
  return { id, user, name, created, expires: expires ?? null };
}

/** A user as commands show them: everything that the files say and what follows from it, but no hash. */
export function userView(config: Config, account: Account) {
  const { id, username, user, own, disabled, templates, limits, overrides, clients } = account;
  return {
    id,
    username,
    disabled,
    has_password: user.password_hash !== undefined,
    change_password: user.change_password === true,
    rights: user.rights ?? [],
    metadata: user.metadata ?? {},
    containers: user.containers ?? [],
    allow: own?.containers?.allow ?? [],
    deny: own?.containers?.deny ?? [],
    admin_editable: own?.containers?.admin_editable ?? true,
    /** What they may start in the end. */
    templates: [...templates].toSorted(),
    limits,
    overrides,
    clients: Object.entries(clients).map(([clientId, client]) =>
      clientView(username, clientId, client),
    ),
    own_file: own === undefined ? null : ownFileOf(id),
    revision: revisionOfResource(config, { kind: 'user', id }),
  };
}
