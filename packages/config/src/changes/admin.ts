import { Problem, type MainFile } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import { checkForm } from './form.ts';
import { applyPatch, type Patch } from './patch.ts';

/**
 * Changes the name or the password of the built-in administrator. Throws `conflict` for a name that a
 * user has.
 */
export function updateAdmin(edit: Edit, admin: Patch<MainFile['admin']>): void {
  const user = edit.config.accountByName.get(admin.username ?? '');
  if (user !== undefined) {
    throw new Problem('conflict', `There is a user ${user.username} already (${user.id}).`);
  }
  applyPatch(edit, 'main.yaml', ['admin'], admin);
  checkForm(edit, 'main.yaml', ['admin'], 'The admin');
}
