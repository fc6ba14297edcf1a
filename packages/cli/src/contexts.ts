import {
  closest,
  Problem,
  type ClientContext,
  type ClientFile,
  type ContextName,
} from '@berth/contract';
import { serverAddress } from './server-address.ts';

export interface NamedContext {
  readonly name: ContextName;
  readonly context: ClientContext;
}

/**
 * The context that a command uses: the one asked for by name or address, else the current one, else
 * the only one. Throws `not_logged_in` where there is none.
 */
export function pickContext(file: ClientFile, wanted: string | undefined): NamedContext {
  const found = findContext(file, wanted);
  if (found !== undefined) return found;
  const names = Object.keys(file.contexts);
  if (wanted === undefined) {
    const others =
      names.length === 0
        ? 'Ask your admin for the address of your server, then: berth login URL'
        : `Choose one with --server: ${names.join(', ')}`;
    throw new Problem('not_logged_in', `You are not logged in.\n${others}`);
  }
  const near = closest(wanted, names);
  const hint = near === undefined ? '' : `\nDid you mean ${near}?`;
  throw new Problem(
    'not_logged_in',
    `You are not logged in to ${wanted}.${hint}\nTo log in: berth login ${wanted}`,
  );
}

export function findContext(
  file: ClientFile,
  wanted: string | undefined,
): NamedContext | undefined {
  const entries = Object.entries(file.contexts).map(([name, context]) => ({ name, context }));
  if (wanted === undefined) {
    const current = entries.find(({ name }) => name === file.current);
    return current ?? (entries.length === 1 ? entries[0] : undefined);
  }
  const named = entries.find(({ name }) => name === wanted);
  if (named !== undefined || !/[.:/]/.test(wanted)) return named;
  const server = serverAddress(wanted);
  return entries.find(({ context }) => context.server === server);
}

export function withContext(
  file: ClientFile,
  name: ContextName,
  context: ClientContext,
): ClientFile {
  return { ...file, contexts: { ...file.contexts, [name]: context } };
}

/** The file without a context. The only one left becomes the current one. */
export function withoutContext(file: ClientFile, name: ContextName): ClientFile {
  const { current, ...rest } = file;
  const contexts = Object.fromEntries(
    Object.entries(file.contexts).filter(([each]) => each !== name),
  );
  const [only, ...more] = Object.keys(contexts);
  const next = current !== name ? current : more.length === 0 ? only : undefined;
  return { ...rest, ...(next === undefined ? {} : { current: next }), contexts };
}
