import type { Account, Config } from '@berth/config';
import type { Client, Uuid } from '@berth/contract';
import type { Publication } from './ring.ts';

type Event = Publication['event'];

/** Whether two accounts of one user, of an earlier and a later configuration, get the same from `GET /get_config`. */
export type LookAlike = (earlier: Account, later: Account) => boolean;

/** With more users than this changed at once they are told by their number. */
const MOST_USERS = 100;

/** What a change of the configuration is to whom. Costs what has changed, unless that is most of it. */
export function configChanges(before: Config, after: Config, lookAlike: LookAlike): Publication[] {
  const seen = new Set<Uuid>();
  const touched: [Account | undefined, Account | undefined][] = [];
  for (const id of after.accounts.changedSince(before.accounts)) {
    const pair = [before.accounts.get(id), after.accounts.get(id)] as const;
    const [earlier, later] = pair;
    if (earlier !== undefined && later !== undefined && !lookAlike(earlier, later)) seen.add(id);
    if (!isSame(earlier?.user, later?.user) || !isSame(earlier?.own, later?.own)) {
      touched.push([...pair]);
    }
  }
  const accepted: Publication = {
    event: { kind: 'config_accepted', revision: after.revision },
    audience: { right: 'monitor' },
  };
  const changed: Publication = { event: { kind: 'config_changed' }, audience: { users: seen } };
  return [
    accepted,
    ...(seen.size > 0 ? [changed] : []),
    ...templateEvents(before, after).map(forAdmins),
    ...userEvents(touched),
  ];
}

const forAdmins = (event: Event): Publication => ({ event, audience: { right: 'admin' } });

function templateEvents(before: Config, after: Config): Event[] {
  return [...new Set([...before.templates.keys(), ...after.templates.keys()])].flatMap(
    (template): Event[] => {
      const verb = verbOf(before.templates.get(template), after.templates.get(template));
      return verb === undefined ? [] : [{ kind: `template_${verb}`, template }];
    },
  );
}

type Pair = readonly [Account | undefined, Account | undefined];

function userEvents(touched: readonly Pair[]): Publication[] {
  if (touched.length > MOST_USERS) {
    return [forAdmins({ kind: 'users_changed', count: touched.length })];
  }
  return touched.flatMap(([earlier, later]) => {
    const account = later ?? earlier;
    if (account === undefined) return [];
    const user = { id: account.id, username: account.username };
    const verb = verbOf(earlier && withoutClients(earlier), later && withoutClients(later));
    return [
      ...(verb === undefined ? [] : [forAdmins({ kind: `user_${verb}`, user })]),
      ...clientEvents(user, earlier?.clients ?? {}, later?.clients ?? {}),
    ];
  });
}

/** Clients are their user's own: who is let in as them is told to them, too. */
function clientEvents(
  user: { readonly id: Uuid; readonly username: string },
  earlier: Account['clients'],
  later: Account['clients'],
): Publication[] {
  const both: Account['clients'] = { ...earlier, ...later };
  return Object.entries(both).flatMap(([id, { name }]): Publication[] => {
    const verb = verbOf<Client>(earlier[id], later[id]);
    if (verb === undefined) return [];
    const event: Event = { kind: `client_${verb}`, user, client: { id, name } };
    return [{ event, audience: { right: 'admin', users: new Set([user.id]) } }];
  });
}

const withoutClients = ({ user, own }: Account): object => ({
  user: { ...user, clients: undefined },
  own,
});

function verbOf<T>(
  earlier: T | undefined,
  later: T | undefined,
): 'added' | 'changed' | 'removed' | undefined {
  if (earlier === undefined) return 'added';
  if (later === undefined) return 'removed';
  return isSame(earlier, later) ? undefined : 'changed';
}

/** Values that come from the files: what has not changed is mostly the same object. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
