import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  Problem,
  type ContainersFile,
  type MainFile,
  type UserFile,
  type Uuid,
} from '@berth/contract';
import { configInvalid, MOST_ISSUES, type Issue } from '../issue.ts';
import type { Fault, Validate, Validators } from '../validate.ts';
import type { Accounts } from './accounts.ts';
import type { Config } from './config.ts';
import { isWhole, type Content } from './content.ts';
import { loadFile, loadUsers, type Loaded, type Report } from './loaded.ts';
import { nextAccounts, type LoadedFiles } from './next-accounts.ts';
import { settingsOf } from './settings.ts';
import { emptyTable, type Table } from './table.ts';
import { templatesOf } from './templates.ts';

/** All files as they were at one moment, and the configuration they make. */
export interface State extends LoadedFiles {
  readonly config: Config;
  readonly contents: Contents;
  readonly accounts: Accounts;
}

/** The files that there are, by path below the folder, with slashes. */
export type Contents = Table<string, Content>;

export const NO_CONTENTS: Contents = emptyTable();

/** New contents by file; undefined for a file that is gone. */
export type Changes = ReadonlyMap<string, Content | undefined>;

/**
 * Makes the state after some files have changed, from nothing where there is no previous one. It
 * costs what the changes cost and not what the files cost, unless settings or templates changed.
 * Throws `config_invalid` with the issues of all files.
 */
export type NextState = (previous: State | undefined, changes: Changes) => State;

type Reads = 'get' | 'has' | typeof Symbol.iterator;

interface Known {
  get(file: string): Content | undefined;
  keys(): Iterable<string>;
}

/** Contents that are not the same in both; undefined for a file that only the first has. */
export function differences(before: Known, after: Pick<Contents, Reads>): Changes {
  const changes = new Map<string, Content | undefined>();
  for (const [file, content] of after) {
    if (before.get(file)?.digest !== content.digest) changes.set(file, content);
  }
  for (const file of before.keys()) if (!after.has(file)) changes.set(file, undefined);
  return changes;
}

const REQUIRED = ['main.yaml', 'containers.yaml', 'users.yaml'];

/** The user whose file this is; undefined for any other file. */
export function userOfFile(file: string): string | undefined {
  return /^users\/([^/]+)\.yaml$/.exec(file)?.[1];
}

export const ownFileOf = (id: Uuid): string => `users/${id}.yaml`;

/**
 * @param directory is what relative paths in `main.yaml` start from
 * @param most issues that are told
 */
export function createNextState(
  directory: string,
  validators: Validators,
  most = MOST_ISSUES,
): NextState {
  return (previous, changes) => {
    const contents = applied(previous?.contents ?? NO_CONTENTS, changes);
    const missing = REQUIRED.find((file) => !contents.has(file));
    if (missing !== undefined) throw missingFile(directory, missing);

    const issues: Issue[] = [];
    const cutOff: string[] = [];
    const load = <T>(file: string, known: T | undefined, read: Reader<T>): T | undefined => {
      const content = contents.get(file);
      if (content === undefined || !changes.has(file)) return known;
      const loaded = read(content);
      if (!Array.isArray(loaded)) return loaded;
      issues.push(...loaded);
      if (!isWhole(content)) cutOff.push(file);
      return undefined;
    };
    const whole = <T>(file: string, validate: Validate, known?: Loaded<T>): Loaded<T> | undefined =>
      load(file, known, (content) => loadFile<T>(file, content, validate, most));

    const main = whole<MainFile>('main.yaml', validators.main, previous?.main);
    const containers = whole<ContainersFile>(
      'containers.yaml',
      validators.containers,
      previous?.containers,
    );
    const users = load('users.yaml', previous?.users, (content) =>
      loadUsers(content, validators.users, previous?.users, most),
    );
    const perUser = (previous?.perUser ?? emptyTable<Uuid, Loaded<UserFile>>()).change();
    const owners = ownersOf(changes);
    for (const [file, id] of owners) {
      const content = changes.get(file);
      const own = content && whole<UserFile>(file, validators.user);
      if (own === undefined) perUser.delete(id);
      else perUser.set(id, own);
    }

    const reported: { file: Parameters<Report>[0]; fault: Fault }[] = [];
    const report: Report = (file, path, message, want) => {
      if (issues.length + reported.length > most) return;
      reported.push({ file, fault: { path, want: want ?? 'value', message } });
    };
    // An error in one file hides none between the others.
    const settings = main && settingsOf(directory, main, report);
    const templates = containers && templatesOf(containers, report);
    const files = { main, containers, perUser: perUser.done() };
    const accounts = users && nextAccounts(previous, { ...files, users }, owners.values(), report);
    for (const [file, found] of Map.groupBy(reported, (one) => one.file)) {
      issues.push(...file.issues(found.map(({ fault }) => fault)));
    }
    const isLoaded = main && settings && containers && templates && users && accounts;
    if (issues.length > 0 || !isLoaded) throw configInvalid(issues, cutOff, most);
    return {
      main,
      containers,
      users,
      perUser: files.perUser,
      contents,
      accounts,
      config: {
        directory,
        revision: revisionOf(contents),
        settings,
        templates,
        accounts: accounts.byId,
        accountByName: accounts.byName,
        accountOfClient: accounts.byClient,
      },
    };
  };
}

/** The users whose own files changed, by file; in an order that does not depend on the disk's. */
function ownersOf(changes: Changes): Map<string, Uuid> {
  const owners = new Map<string, Uuid>();
  for (const file of [...changes.keys()].toSorted()) {
    const id = userOfFile(file);
    if (id !== undefined) owners.set(file, id);
  }
  return owners;
}

type Reader<T> = (content: Content) => T | Issue[];

function applied(contents: Contents, changes: Changes): Contents {
  const next = contents.change();
  for (const [file, content] of changes) {
    if (content === undefined) next.delete(file);
    else next.set(file, content);
  }
  return next.done();
}

/** Names all files together. */
export function revisionOf(contents: Pick<Contents, 'get' | 'keys'>): string {
  const hash = createHash('sha256');
  for (const file of [...contents.keys()].toSorted()) {
    hash.update(`${file}\0${contents.get(file)?.digest}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

function missingFile(directory: string, file: string): Problem {
  return new Problem('config_invalid', `${join(directory, file)} does not exist.`, {
    details: { missing: file },
  });
}
