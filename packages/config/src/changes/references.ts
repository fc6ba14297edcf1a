import type { Name, UserFile, Uuid } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import type { Place } from '../store/standing.ts';
import { ownFileOf } from '../store/state.ts';
import { accessOf, closedBy, setAccess, type AccessLists } from './access.ts';
import { updateOwnFile } from './own-file.ts';
import { USERS } from './users.ts';

/** A user whose entry or own file names a template, and the lists that do. */
export interface Reference {
  readonly id: Uuid;
  readonly username: Name;
  readonly in: readonly ('containers' | 'allow' | 'deny' | 'overrides')[];
  /** Where their own file closes these lists to edits. */
  readonly closed_by: Place | null;
}

/** Who names the template, on the disk and still as the edit leaves it. */
export function referencesTo(edit: Edit, template: Name): Reference[] {
  const references: Reference[] = [];
  for (const { id, username, user, own } of edit.config.accounts.values()) {
    const lists = { ...own?.containers, containers: user.containers ?? [] };
    const isNamed = namesIn(lists, own?.overrides, template).length > 0;
    if (!isNamed || edit.value(USERS, ['users', id]) === undefined) continue;
    // What a file's schema has passed has its type.
    const overrides = edit.value(ownFileOf(id), ['overrides']) as UserFile['overrides'];
    const naming = namesIn(accessOf(edit, id), overrides, template);
    if (naming.length > 0)
      references.push({ id, username, in: naming, closed_by: closedBy(edit, id) });
  }
  return references;
}

function namesIn(
  lists: AccessLists,
  overrides: UserFile['overrides'],
  template: Name,
): Reference['in'] {
  const all = { ...lists, overrides: Object.keys(overrides ?? {}) };
  return (['containers', 'allow', 'deny', 'overrides'] as const).filter((list) =>
    all[list]?.includes(template),
  );
}

/** Takes the template out of every list, closed ones too: it could not be removed otherwise. */
export function removeReferences(
  edit: Edit,
  template: Name,
  references: readonly Reference[],
): void {
  const isLeft = (name: Name): boolean => name !== template;
  for (const { id, in: lists } of references) {
    const { containers, allow, deny } = accessOf(edit, id);
    setAccess(
      edit,
      id,
      {
        containers: containers.filter(isLeft),
        allow: allow.filter(isLeft),
        deny: deny.filter(isLeft),
      },
      { force: true },
    );
    if (lists.includes('overrides')) updateOwnFile(edit, id, { overrides: { [template]: null } });
  }
}
