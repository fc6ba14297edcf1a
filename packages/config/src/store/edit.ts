import { FILE_HEADERS } from '../file-headers.ts';
import type { Fault, Validators } from '../validate.ts';
import { valueAt, withValue, type Json } from '../yaml/json.ts';
import type { Change } from '../yaml/splice.ts';
import type { Config } from './config.ts';
import { contentOf, type Content } from './content.ts';
import { changedContent } from './edit-entries.ts';
import { placeOf, standing, validateOf, type Place } from './standing.ts';
import { ownFileOf, userOfFile, type Changes, type State } from './state.ts';

/** Changes to the files, gathered and then saved as one. */
export interface Edit {
  /** The configuration as it is on the disk, under the lock. What is set here does not show in it. */
  readonly config: Config;
  /**
   * What is written at a path of a file, what is set here included; undefined where nothing is. In
   * `users.yaml` the path has to name a user.
   */
  value(file: string, path: readonly string[]): Json | undefined;
  /** Sets what stands at a path of a file, and makes what is missing on the way; undefined removes it. */
  set(file: string, path: readonly string[], value: Json | undefined): void;
  /** Removes a user's own file. */
  removeFile(file: string): void;
  /** What is wrong with the form of what is set here, in the file or in the user that the path names. */
  faults(file: string, path: readonly string[]): Fault[];
  /** Where a path of a file stands on the disk. */
  place(file: string, path: readonly string[]): Place;
}

/** A user's own file that says nothing yet. */
const EMPTY_USER_FILE = `${FILE_HEADERS.user}version: 1
...
`;

/** An edit, and what it makes of the files in the end. */
export interface GatheredEdit {
  readonly edit: Edit;
  /** New contents, of files that differ from what they were. */
  changes(): Changes;
  /** The files, besides the main ones, that it was made from: those it asked for, and those of its users. */
  readonly asked: ReadonlySet<string>;
}

export function gatherEdit(state: State, validators: Validators): GatheredEdit {
  const gathered = new Map<string, Change[] | 'removed'>();
  /** What files say, each user of `users.yaml` by themselves: of 100,000 only those that are asked for. */
  const values = new Map<string, Json | undefined>();
  const keyOf = (file: string, [, id = '']: readonly string[]): string =>
    file === 'users.yaml' ? id : file;
  const asked = new Set<string>();
  const ask = (file: string, [, id]: readonly string[]): void => {
    if (file !== 'users.yaml') asked.add(file);
    else if (id !== undefined) asked.add(ownFileOf(id));
  };
  const whole = (file: string, path: readonly string[]): Json | undefined => {
    ask(file, path);
    const key = keyOf(file, path);
    if (!values.has(key)) values.set(key, standing(state, file, path));
    return values.get(key);
  };
  return {
    edit: {
      config: state.config,
      value: (file, path) => valueAt(whole(file, path), path),
      set: (file, path, value) => {
        values.set(keyOf(file, path), withValue(whole(file, path) ?? { version: 1 }, path, value));
        const known = gathered.get(file);
        if (Array.isArray(known)) known.push({ path, value });
        else gathered.set(file, [{ path, value }]);
      },
      removeFile: (file) => {
        ask(file, []);
        values.set(file, undefined);
        gathered.set(file, 'removed');
      },
      faults: (file, path) => {
        // Validating fills in defaults.
        const value = structuredClone(whole(file, path));
        return value === undefined ? [] : validateOf(validators, file)(value);
      },
      place: (file, path) => {
        ask(file, path);
        return placeOf(state, file, path);
      },
    },
    asked,
    changes: () => {
      const contents = new Map<string, Content | undefined>();
      for (const [file, changes] of gathered) {
        const after = changes === 'removed' ? undefined : edited(state, file, changes);
        if (after?.digest !== state.contents.get(file)?.digest) contents.set(file, after);
      }
      return contents;
    },
  };
}

function edited(state: State, file: string, changes: readonly Change[]): Content | undefined {
  const before = state.contents.get(file);
  if (before === undefined && userOfFile(file) === undefined) {
    throw new Error(`There is no ${file} to change`);
  }
  const content = before ?? contentOf(file, Buffer.from(EMPTY_USER_FILE));
  const { cut } = file === 'users.yaml' ? state.users : content;
  return changedContent(file, content, cut, changes);
}
