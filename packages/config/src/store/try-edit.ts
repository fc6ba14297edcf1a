import { Problem } from '@berth/contract';
import type { Validators } from '../validate.ts';
import { gatherEdit, type Edit } from './edit.ts';
import type { Files } from './folder.ts';
import type { Changes, NextState, State } from './state.ts';

/** What an edit comes to, as long as the files that it relied on are as they were looked at. */
export type TriedEdit<T> = { readonly relied: Files } & (
  | { readonly kind: 'refused'; readonly problem: Problem }
  | {
      readonly kind: 'made';
      readonly result: T;
      readonly changes: Changes;
      readonly next: State;
    }
);

/** Works out what an edit makes of what is in force, and writes nothing. */
export async function tryEdit<T>(
  state: State,
  options: {
    readonly nextState: NextState;
    readonly validators: Validators;
    readonly change: (edit: Edit) => T | Promise<T>;
  },
): Promise<TriedEdit<T>> {
  const { nextState, validators, change } = options;
  const gathered = gatherEdit(state, validators);
  try {
    const result = await change(gathered.edit);
    const changes = gathered.changes();
    const next = changes.size === 0 ? state : afterEdit(() => nextState(state, changes));
    // Whoever names a template that goes does so in a file of their own, which may have just come.
    const relied = losesTemplate(state, next) ? 'all' : gathered.asked;
    return { kind: 'made', result, changes, next, relied };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    // Any file may be the reason.
    return { kind: 'refused', problem, relied: 'all' };
  }
}

const losesTemplate = ({ config }: State, next: State): boolean =>
  [...config.templates.keys()].some((name) => !next.config.templates.has(name));

/** What an edit would make invalid is the fault of who asked for it, not of the files. */
function afterEdit(next: () => State): State {
  try {
    return next();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      'bad_request',
      `Nothing was changed, because the configuration would not be valid:\n${error.message}`,
      { details: error.details, cause: error },
    );
  }
}
