import type { Config } from '@berth/config';
import { counted } from '../counted.ts';
import { clientView, type ClientView } from '../user/view.ts';

/** The clients that a configuration lets in and that one before it does not. */
export function newlyLetIn(before: Config, after: Config): ClientView[] {
  return [...after.accounts.values()]
    .filter(({ disabled }) => !disabled)
    .flatMap(({ username, clients }) =>
      Object.entries(clients)
        .filter(([id, { token_hash }]) => tokenOf(before, id) !== token_hash)
        .map(([id, client]) => clientView(username, id, client)),
    );
}

/** What a client comes in with; undefined for one that does not come in. */
function tokenOf({ accountOfClient }: Config, id: string): string | undefined {
  const account = accountOfClient.get(id);
  return account?.disabled === false ? account.clients[id]?.token_hash : undefined;
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
