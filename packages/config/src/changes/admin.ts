import type { MainFile } from '@berth/contract';
import type { Edit } from '../store/edit.ts';
import { checkForm } from './form.ts';
import { applyPatch } from './patch.ts';

/** Changes the name or the password of the built-in administrator. */
export function updateAdmin(edit: Edit, admin: Partial<MainFile['admin']>): void {
  applyPatch(edit, 'main.yaml', ['admin'], admin);
  checkForm(edit, 'main.yaml', ['admin'], 'The admin');
}
