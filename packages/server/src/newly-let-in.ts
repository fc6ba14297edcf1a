import { isExpired, type Config } from '@berth/config';
import { counted, type ClientView } from '@berth/contract';
import { clientView } from './accounts/user-view.ts';

/**
 * The clients that a configuration lets in now and that one before it does not; all that it lets in
 * where nothing tells what was before.
 */
export function newlyLetIn(before: Config | undefined, after: Config, now: Date): ClientView[] {
  const isNew = (id: string): boolean => {
    const token = tokenOf(after, id, now);
    return token !== undefined && (before === undefined || tokenOf(before, id, now) !== token);
  };
  return [...after.accounts.values()].flatMap(({ username, clients }) =>
    Object.entries(clients)
      .filter(([id]) => isNew(id))
      .map(([id, client]) => clientView(username, id, client)),
  );
}

/** What a client comes in with; undefined for one that does not come in. */
function tokenOf({ accountOfClient }: Config, id: string, now: Date): string | undefined {
  const account = accountOfClient.get(id);
  const client = account?.clients[id];
  if (account === undefined || client === undefined) return undefined;
  return account.disabled || isExpired(client, now) ? undefined : client.token_hash;
}

/** As many are named. */
const MOST = 10;

/** Undefined where there are none. */
export function letInText(clients: readonly ClientView[]): string | undefined {
  if (clients.length === 0) return undefined;
  const names = clients.slice(0, MOST).map(({ name, user }) => `${name} of ${user}`);
  const more = clients.length > MOST ? ' and others' : '';
  return `It lets in ${counted(clients.length, 'client')} that cannot come in without it: ${names.join(', ')}${more}.`;
}
