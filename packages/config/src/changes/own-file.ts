import type { Uuid } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import { ownFileOf } from '../store/state.ts';
import type { JsonObject } from '../yaml/json.ts';
import { findTemplates } from './find.ts';
import { checkForm } from './form.ts';
import { applyPatch } from './patch.ts';
import { userOf } from './users.ts';

/** What a user's own file says besides container access, as RFC 7396 has it. */
export interface OwnFilePatch {
  readonly limits?: JsonObject | null;
  /** By template. */
  readonly overrides?: JsonObject | null;
}

/**
 * Changes a user's limits, and what they get different from templates. A file that says nothing any
 * more stays: a hand may have left notes in it.
 */
export function updateOwnFile(edit: Edit, id: Uuid, patch: OwnFilePatch): void {
  const { username } = userOf(edit, id);
  const overrides = Object.entries(patch.overrides ?? {});
  findTemplates(
    edit.config,
    overrides.filter(([, override]) => override !== null).map(([name]) => name),
  );
  applyPatch(edit, ownFileOf(id), [], { ...patch });
  checkForm(edit, ownFileOf(id), [], `What is particular to ${username}`);
}
