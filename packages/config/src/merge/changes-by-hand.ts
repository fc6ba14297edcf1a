import {
  isObject,
  isSameAt,
  sameJson,
  valueAt,
  valueOf,
  type Json,
  type JsonObject,
} from '../yaml/json.ts';
import { changesBetween, type Change } from '../yaml/splice.ts';

/** One file, or a part of it, in three versions. */
export interface Versions<T> {
  /** What the hand had opened. */
  readonly opened: T;
  /** What it has saved. */
  readonly theirs: T;
  /** What others have made of it meanwhile. */
  readonly ours: T;
}

/**
 * What a hand has changed since it opened a file, where nobody else has changed the same; in lists that
 * are sets, what it has added and taken out. Whom it locked out is locked out whatever others have
 * changed about them.
 */
export function changesByHand(versions: Versions<Json>): Change[] {
  const { opened, theirs, ours } = versions;
  const own = changesBetween(opened, theirs)
    .flatMap((change) => withinOurs(change, ours))
    .flatMap((change) =>
      isUntouched(change.path, opened, ours) ? [change] : changesOfSet(change.path, versions),
    );
  return [...own, ...lockOuts(versions)];
}

/** A mapping that both have added is put together key by key. */
function withinOurs(change: Change, ours: Json): Change[] {
  const { path, value } = change;
  if (!isObject(value) || !isObject(valueAt(ours, path))) return [change];
  return Object.entries(value).flatMap(([key, inner]) =>
    withinOurs({ path: [...path, key], value: inner }, ours),
  );
}

/** Whether a value is as it was, and where it was. */
function isUntouched([name, ...rest]: readonly string[], before: Json, now: Json): boolean {
  if (name === undefined || !isObject(before) || !isObject(now)) return sameJson(before, now);
  const [old, young] = [valueOf(before, name), valueOf(now, name)];
  if (old === undefined && isObject(young) && rest.length > 0) return isUntouched(rest, {}, young);
  if (old === undefined || young === undefined) return old === young;
  return isUntouched(rest, old, young);
}

/** Lists of names in which the order says nothing. */
const SETS: ReadonlySet<string | undefined> = new Set(['containers', 'allow', 'deny', 'rights']);

function changesOfSet(path: readonly string[], { opened, theirs, ours }: Versions<Json>): Change[] {
  const [before = [], saved = [], now] = [opened, theirs, ours].map((one) => valueAt(one, path));
  const areLists = Array.isArray(before) && Array.isArray(saved) && Array.isArray(now);
  if (!SETS.has(path.at(-1)) || !areLists) return [];
  const kept = now.filter((item) => saved.includes(item) || !before.includes(item));
  const added = saved.filter((item) => !before.includes(item) && !now.includes(item));
  return [{ path, value: [...kept, ...added] }];
}

/** Users and clients that the hand took out, and users it disabled, as changes of `ours`. */
export function lockOuts({ opened, theirs, ours }: Versions<Json>): Change[] {
  const known = mappingIn(opened, 'users');
  const kept = mappingIn(theirs, 'users');
  return Object.entries(mappingIn(ours, 'users')).flatMap(([id, user]) => {
    const path = ['users', id];
    const saved = valueOf(kept, id);
    const isKnown = valueOf(known, id) !== undefined;
    if (saved === undefined) return isKnown ? [{ path, value: undefined }] : [];
    const isDisabled = valueAt(saved, ['disabled']) === true;
    const clients = mappingIn(saved, 'clients');
    const gone = Object.keys(mappingIn(valueOf(known, id), 'clients')).filter(
      (client) => !Object.hasOwn(clients, client),
    );
    return [
      ...(isDisabled ? [{ path: [...path, 'disabled'], value: true }] : []),
      ...gone
        .filter((client) => Object.hasOwn(mappingIn(user, 'clients'), client))
        .map((client): Change => ({ path: [...path, 'clients', client], value: undefined })),
    ];
  });
}

/** A client, and what tells it from all others: its UUID, and the hash of its token. */
export interface Client {
  readonly path: readonly string[];
  readonly marks: readonly string[];
}

export function clientsIn(value: Json): Client[] {
  return Object.entries(mappingIn(value, 'users')).flatMap(([user, one]) =>
    Object.entries(mappingIn(one, 'clients')).map(([id, client]) => {
      const hash = valueAt(client, ['token_hash']);
      const marks = [id, ...(typeof hash === 'string' ? [hash] : [])];
      return { path: ['users', user, 'clients', id], marks };
    }),
  );
}

/** What tells the users and clients that are let in. */
export function marksIn(value: Json): Set<string> {
  const users = Object.keys(mappingIn(value, 'users'));
  return new Set([...users, ...clientsIn(value).flatMap(({ marks }) => marks)]);
}

/** Empty where there is none. */
function mappingIn(value: Json | undefined, key: string): JsonObject {
  const found = isObject(value) ? valueOf(value, key) : undefined;
  return isObject(found) ? found : {};
}

/** A change, what has become of it, and what was saved. */
export interface PastChange {
  readonly before: Json;
  readonly after: Json;
  readonly ours: Json;
  readonly theirs: Json;
}

/** What a save undoes of a change that still stood. */
export interface Undoing {
  /** Where what was saved is not as the change had it. */
  readonly paths: readonly (readonly string[])[];
  /** Whether it lets somebody in whom the change had locked out. */
  readonly isAdmitting: boolean;
  /** Whether a value is gone that nobody else has: not where that only locks out, or fills in what was not there. */
  readonly isLosing: boolean;
}

export function undoingOf({ before, after, ours, theirs }: PastChange): Undoing {
  const undone = changesBetween(before, after)
    .flatMap(({ path, value }) => leavesOf(path, value))
    .filter((path) => isSameAt(path, after, ours) && !isSameAt(path, ours, theirs));
  return {
    paths: undone,
    isAdmitting: undone.some(
      (path) => isLockOut(path, before, after) && !isLockedOut(path, theirs),
    ),
    isLosing: undone.some(
      (path) =>
        (valueAt(before, path) !== undefined || valueAt(theirs, path) === undefined) &&
        !isLockedOut(path, theirs),
    ),
  };
}

/**
 * Whether a change of this value took a user or a client out, disabled a user, or ended a password, a
 * token or the time of a client.
 */
function isLockOut(path: readonly string[], before: Json, after: Json): boolean {
  const [section, , key, , inner] = path;
  if (section !== 'users') return false;
  const [old, young] = [valueAt(before, path), valueAt(after, path)];
  if (key === 'disabled') return young === true;
  if (key === 'password_hash' || inner === 'token_hash') return old !== undefined;
  if (inner === 'expires') return endOf(young) < endOf(old);
  const isAccess = path.length === 2 || (key === 'clients' && path.length <= 4);
  return isAccess && young === undefined;
}

/** Milliseconds since 1970. */
const endOf = (expires: Json | undefined): number =>
  typeof expires === 'string' ? Date.parse(expires) : Infinity;

function leavesOf(path: readonly string[], value: Json | undefined): (readonly string[])[] {
  if (!isObject(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf([...path, key], inner));
}

/** Whether the user or the client that a path leads into is not there. */
function isLockedOut(path: readonly string[], value: Json): boolean {
  const [users, , clients] = path;
  if (users !== 'users') return false;
  const depths = clients === 'clients' ? [2, 4] : [2];
  return depths.some(
    (depth) => path.length >= depth && valueAt(value, path.slice(0, depth)) === undefined,
  );
}
