import { Problem } from '@berth/contract';
import { hasCode } from '../disk/code.ts';

/** Why a file cannot be read, where an admin can mend that. Undefined for all other errors. */
export function forbiddenProblem(error: unknown): Problem | undefined {
  if (!hasCode(error, 'EACCES') || !isAtPath(error)) return undefined;
  const { path, syscall } = error;
  const user = process.geteuid?.();
  const who = `cannot be read by user ${user}, as whom the server runs.`;
  // What is opened or listed may be looked at, so it is no folder on the way to it.
  const isItself = syscall === 'open' || syscall === 'scandir';
  const advice = isItself
    ? `Let it be read: chown ${user} ${path} && chmod u+rX ${path}`
    : `A folder on the way to it is closed to them. Which: namei -lx ${path}`;
  return new Problem('config_invalid', `${path} ${who} ${advice}`);
}

const isAtPath = (error: unknown): error is { readonly path: string; readonly syscall: unknown } =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' && 'syscall' in error;
