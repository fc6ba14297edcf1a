import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config, ConfigStore, Edit } from '@berth/config';
import { Problem } from '@berth/contract';
import { caller } from './author.ts';
import type { Output } from './options.ts';
import { withStore } from './store.ts';

/**
 * Makes one change of the configuration, in the name of who runs the command.
 *
 * @param what for the history, as in "add user alice"
 * @returns what `change` returned, and the configuration with the change in it
 */
export async function editConfig<T>(
  { config: directory }: { readonly config: string },
  output: Output,
  what: string,
  change: (edit: Edit, history: ConfigStore['history']) => T | Promise<T>,
): Promise<{ readonly result: T; readonly config: Config }> {
  return withStore(resolve(directory), output, async (store) => {
    const author = { by: caller(), what };
    const result = await store
      .edit(author, (edit) => change(edit, store.history))
      .catch(withAdvice);
    return { result, config: store.current() };
  });
}

/** Makes a change. Returns whether what is `said` differs from then on. */
export function makesDifference(said: () => unknown, change: () => void): boolean {
  const before = said();
  change();
  return !isDeepStrictEqual(before, said());
}

/** What a command can do besides, where the store has a reason against a change. */
function withAdvice(error: unknown): never {
  if (!(error instanceof Problem)) throw error;
  const { code, message, details } = error;
  const canForce = 'closed_by' in details || 'references' in details;
  const advice =
    'closed_by' in details ? 'Or add --force.' : 'Or add --force, which does that too.';
  throw canForce ? new Problem(code, `${message}\n${advice}`, { details, cause: error }) : error;
}
