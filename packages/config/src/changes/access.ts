import { Problem, type Name, type UserFile, type Uuid } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import type { Place } from '../store/standing.ts';
import { ownFileOf } from '../store/state.ts';
import { checkForm } from './form.ts';
import { findTemplates } from './find.ts';
import { applyPatch } from './patch.ts';
import { userOf, USERS } from './users.ts';

/** The three lists that say what a user may start: `containers` and `allow`, less `deny`. */
export interface AccessLists {
  /** In their entry of `users.yaml`. */
  readonly containers?: readonly Name[];
  /** In their own file. */
  readonly allow?: readonly Name[];
  /** In their own file. */
  readonly deny?: readonly Name[];
}

export interface AccessOptions {
  /** Edits the lists even where `admin_editable: false` closes them. */
  readonly force?: boolean;
}

/**
 * Puts other lists in place of a user's; a list that is left out stays. Throws `conflict` where their
 * own file closes their access to edits, with the place in `details.closed_by`.
 */
export function setAccess(
  edit: Edit,
  id: Uuid,
  lists: AccessLists,
  { force = false }: AccessOptions = {},
): void {
  const { username } = userOf(edit, id);
  const before = accessOf(edit, id);
  const changed = LISTS.filter((key) => lists[key] && !isSame(lists[key], before[key]));
  if (changed.length === 0) return;
  if (!force) refuseClosed(edit, id, username);
  for (const key of changed) {
    const list = lists[key] ?? [];
    findTemplates(
      edit.config,
      list.filter((name) => !before[key].includes(name)),
    );
    if (key === 'containers') edit.set(USERS, ['users', id, key], [...list]);
    else applyPatch(edit, ownFileOf(id), [], { containers: { [key]: orNull(list) } });
  }
  checkForm(edit, USERS, ['users', id], `The user ${username}`);
}

/** From then on the user may start these templates, whatever denied them. */
export function giveTemplates(
  edit: Edit,
  id: Uuid,
  names: readonly Name[],
  options?: AccessOptions,
): void {
  const { containers, allow, deny } = accessOf(edit, id);
  const missing = names.filter((name) => !containers.includes(name) && !allow.includes(name));
  setAccess(
    edit,
    id,
    {
      containers: [...containers, ...new Set(missing)],
      deny: deny.filter((name) => !names.includes(name)),
    },
    options,
  );
}

/** From then on the user may not start these templates. Their own file goes on denying what it denies. */
export function takeTemplates(
  edit: Edit,
  id: Uuid,
  names: readonly Name[],
  options?: AccessOptions,
): void {
  const { containers, allow } = accessOf(edit, id);
  findTemplates(edit.config, names);
  const isLeft = (name: Name): boolean => !names.includes(name);
  setAccess(
    edit,
    id,
    { containers: containers.filter(isLeft), allow: allow.filter(isLeft) },
    options,
  );
}

/** From then on the user may not start these templates, whatever else gives them. */
export function denyTemplates(
  edit: Edit,
  id: Uuid,
  names: readonly Name[],
  options?: AccessOptions,
): void {
  const { allow, deny } = accessOf(edit, id);
  const missing = names.filter((name) => !deny.includes(name));
  setAccess(
    edit,
    id,
    {
      allow: allow.filter((name) => !names.includes(name)),
      deny: [...deny, ...new Set(missing)],
    },
    options,
  );
}

const LISTS = ['containers', 'allow', 'deny'] as const;

/** The lists as the edit leaves them; empty where the files say nothing. */
export function accessOf(edit: Edit, id: Uuid): Required<AccessLists> {
  const { containers = [] } = userOf(edit, id);
  // What the file's schema has passed has its type.
  const own = edit.value(ownFileOf(id), ['containers']) as UserFile['containers'];
  return { containers, allow: own?.allow ?? [], deny: own?.deny ?? [] };
}

/** Where a user's own file closes their access to edits; null where it does not. */
export function closedBy(edit: Edit, id: Uuid): Place | null {
  const path = ['containers', 'admin_editable'];
  return edit.value(ownFileOf(id), path) === false ? edit.place(ownFileOf(id), path) : null;
}

function refuseClosed(edit: Edit, id: Uuid, username: Name): void {
  const place = closedBy(edit, id);
  if (place === null) return;
  throw new Problem(
    'conflict',
    `${place.file}:${place.line}:${place.column} closes the container access of ${username} (admin_editable: false). Edit that file by hand.`,
    { details: { closed_by: place } },
  );
}

/** A list in one's own file that is empty says nothing. */
const orNull = (list: readonly Name[]): Name[] | null => (list.length === 0 ? null : [...list]);

const isSame = (one: readonly Name[], other: readonly Name[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);
