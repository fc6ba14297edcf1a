import type { ContainersFile, MainFile, UserFile, UsersFile } from '@berth/contract';
import type { ValidFile } from './validate.ts';

/** What the files say, each with the means to find a place in it. */
export interface ConfigFiles {
  readonly main: Loaded<MainFile>;
  readonly users: Loaded<UsersFile>;
  readonly containers: Loaded<ContainersFile>;
  /** Per-user files by the UUID they are named after. */
  readonly perUser: ReadonlyMap<string, Loaded<UserFile>>;
}

export interface Loaded<T> extends ValidFile<T> {
  readonly file: string;
  readonly text: string;
}
