import { parseYaml } from '../yaml.ts';
import type { Json } from '../yaml/json.ts';
import type { Validate, Validators } from '../validate.ts';
import { userOfFile, type State } from './state.ts';

/** A place in a file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is written in a file, without defaults; of `users.yaml` only the user that the path names. */
export function standing(state: State, file: string, path: readonly string[]): Json | undefined {
  if (file === 'users.yaml') {
    const [, id = ''] = path;
    const user = state.accounts.byId.get(id)?.user;
    return { version: 1, users: user === undefined ? {} : { [id]: user } };
  }
  const content = state.contents.get(file);
  if (content === undefined) return undefined;
  const parsed = parseYaml(file, content.text());
  if (Array.isArray(parsed)) throw new Error(`${file} no longer parses`);
  // What parses under the core schema is JSON.
  return parsed.value as Json;
}

/** Where a path of a file stands on the disk. */
export function placeOf(state: State, file: string, path: readonly string[]): Place {
  const [place] = loadedFile(state, file)?.issues([{ path, want: 'value', message: '' }]) ?? [];
  return { file, line: place?.line ?? 1, column: place?.column ?? 1 };
}

function loadedFile(state: State, file: string) {
  switch (file) {
    case 'main.yaml':
      return state.main;
    case 'containers.yaml':
      return state.containers;
    case 'users.yaml':
      return state.users;
    default:
      return state.perUser.get(userOfFile(file) ?? '');
  }
}

/** What says whether a file of this name has the form it should have. */
export function validateOf(validators: Validators, file: string): Validate {
  switch (file) {
    case 'main.yaml':
      return validators.main;
    case 'containers.yaml':
      return validators.containers;
    case 'users.yaml':
      return validators.users;
    default:
      return validators.user;
  }
}
