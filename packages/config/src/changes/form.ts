import { Problem } from '@berth/contract';
import type { Fault } from '../explain.ts';
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
    .map((fault) => ({ ...fault, path: fault.path.slice(path.length) }));
  if (faults.length > 0) throw formProblem(`${subject} cannot be saved like this`, faults);
}

/** Tells every key that is wrong: in words, and in `details.errors`. */
export function formProblem(
  headline: string,
  faults: readonly Pick<Fault, 'path' | 'message'>[],
): Problem {
  const errors = faults.map(({ path, message }) => ({ path: dotted(path), message }));
  const lines = errors.map(({ path, message }) => `  ${path}${path && ': '}${message}`);
  return new Problem('bad_request', `${headline}:\n${lines.join('\n')}`, { details: { errors } });
}

function dotted(path: Fault['path']): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part + 1}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}
