import { hash } from 'node:crypto';
import type { Name, Uuid } from '@berth/contract';
import type { Config } from '../store/config.ts';
import { ownFileOf } from '../store/state.ts';
import { isObject, type Json } from '../yaml/json.ts';
import { USERS } from './users.ts';

/** What is edited as one, and so has a revision of its own. */
export type Resource =
  /** A user: their entry together with their own file. */
  | { readonly kind: 'user'; readonly id: Uuid }
  /** A user's own file alone. */
  | { readonly kind: 'own_file'; readonly id: Uuid }
  | { readonly kind: 'template'; readonly name: Name }
  /** The credentials of the built-in administrator. */
  | { readonly kind: 'admin' };

/** What one file says of a resource. */
export interface Part {
  readonly file: string;
  /** Keys from the file's root; none for a whole file. */
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

/** What the files say of a resource, with defaults filled in. */
export function partsOf(config: Config, resource: Resource): Part[] {
  switch (resource.kind) {
    case 'user': {
      const { id } = resource;
      const entry = { file: USERS, path: ['users', id], value: config.accounts.get(id)?.user };
      return [entry, ...partsOf(config, { kind: 'own_file', id })];
    }
    case 'own_file': {
      const { id } = resource;
      return [{ file: ownFileOf(id), path: [], value: config.accounts.get(id)?.own }];
    }
    case 'template': {
      const { name } = resource;
      const value = config.templates.get(name);
      return [{ file: 'containers.yaml', path: ['containers', name], value }];
    }
    case 'admin':
      return [{ file: 'main.yaml', path: ['admin'], value: config.settings.admin }];
    default:
      return resource satisfies never;
  }
}

/** Names what a resource says: comments, layout and the order of keys do not count. 16 hex digits. */
export function revisionOfResource(config: Config, resource: Resource): string {
  return revisionOfParts(partsOf(config, resource));
}

export function revisionOfParts(parts: readonly Part[]): string {
  const values = parts.map(({ value }) => canonical(value ?? null));
  return hash('sha256', JSON.stringify(values), 'hex').slice(0, 16);
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
