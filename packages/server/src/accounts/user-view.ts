import { ownFileOf, revisionOfResource, type Account, type Config } from '@berth/config';
import type { Client, ClientView, UserSummary, UserView } from '@berth/contract';

/** A client as it is shown: without the hash of its secret. */
export function clientView(
  user: string,
  id: string,
  { name, created, expires }: Client,
): ClientView {
  return { id, user, name, created, expires: expires ?? null };
}

/** What is shown of each user of a list. */
export function userSummary({ id, username, user, disabled, templates }: Account): UserSummary {
  return {
    id,
    username,
    disabled,
    has_password: user.password_hash !== undefined,
    change_password: user.change_password === true,
    rights: user.rights ?? [],
    metadata: user.metadata ?? {},
    containers: user.containers ?? [],
    templates: [...templates].toSorted(),
  };
}

/** All that is shown of a user: everything that the files say and what follows from it, but no hash. */
export function userView(config: Config, account: Account): UserView {
  const { id, username, own, limits, overrides, clients } = account;
  return {
    ...userSummary(account),
    allow: own?.containers?.allow ?? [],
    deny: own?.containers?.deny ?? [],
    admin_editable: own?.containers?.admin_editable ?? true,
    limits,
    overrides,
    clients: Object.entries(clients).map(([clientId, client]) =>
      clientView(username, clientId, client),
    ),
    own_file: own === undefined ? null : ownFileOf(id),
    revision: revisionOfResource(config, { kind: 'user', id }),
  };
}
