import { closest, Problem, type Client, type Name, type Uuid } from '@berth/contract';
import type { Account, Config } from '../store/config.ts';

/** The user of this name or UUID. Throws `not_found`, and says who may have been meant. */
export function findUser(config: Config, ref: string): Account {
  const account = config.accountByName.get(ref) ?? config.accounts.get(ref);
  if (account !== undefined) return account;
  throw missing('user', ref, config.accountByName.keys());
}

/** Makes sure that there are templates of these names. Throws `not_found`. */
export function findTemplates(config: Config, names: readonly Name[]): void {
  for (const name of names) {
    if (!config.templates.has(name)) throw missing('template', name, config.templates.keys());
  }
}

/** One of the user's clients, by its UUID or by a name that no other of theirs has. */
export function findClient(account: Account, ref: string): [Uuid, Client] {
  const clients = Object.entries(account.clients);
  const found = clients.filter(([id, { name }]) => id === ref || name === ref);
  const [first, second] = found;
  if (first === undefined) {
    throw missing(
      `client of ${account.username}`,
      ref,
      clients.map(([, { name }]) => name),
    );
  }
  if (second === undefined) return first;
  const ids = found.map(([id, { created }]) => `  ${id}  (since ${created})`);
  throw new Problem(
    'conflict',
    `${account.username} has ${found.length} clients called ${ref}. Name one by its UUID:\n${ids.join('\n')}`,
  );
}

const MOST_NAMED = 10;

function missing(kind: string, ref: string, candidates: Iterable<string>): Problem {
  const known = [...candidates].toSorted();
  const near = closest(ref, known);
  return new Problem('not_found', `There is no ${kind} ${quoted(ref)}. ${advice(near, known)}`);
}

function advice(near: string | undefined, known: readonly string[]): string {
  if (near !== undefined) return `Did you mean ${quoted(near)}?`;
  if (known.length === 0) return 'There are none.';
  const more = known.length > MOST_NAMED ? `, and ${known.length - MOST_NAMED} more` : '';
  return `There are: ${known.slice(0, MOST_NAMED).join(', ')}${more}.`;
}

const quoted = (text: string): string => JSON.stringify(text);
