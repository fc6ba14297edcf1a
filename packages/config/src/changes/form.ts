import { Problem } from '@berth/contract';
import type { Edit } from '../store/edit.ts';

/**
 * Throws `bad_request` where what is set does not have the form that its file wants, with every key
 * that is wrong by its path below `path`.
 *
 * @param subject what would be wrong, at the start of a sentence
 */
export function checkForm(
  edit: Edit,
  file: string,
  path: readonly string[],
  subject: string,
): void {
  const faults = edit
    .faults(file, path)
    .filter((fault) => path.every((part, index) => fault.path[index] === part))
    .map((fault) => ({ path: dotted(fault.path.slice(path.length)), message: fault.message }));
  if (faults.length === 0) return;
  const lines = faults.map((fault) => `  ${fault.path}${fault.path && ': '}${fault.message}`);
  throw new Problem('bad_request', `${subject} cannot be saved like this:\n${lines.join('\n')}`, {
    details: { faults },
  });
}

function dotted(path: readonly (string | number)[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part + 1}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
