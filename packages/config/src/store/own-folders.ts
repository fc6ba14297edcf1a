import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** The folder itself, and those that the configuration has in it. */
const OWN = new Set(['', 'history', 'schema', 'users']);

/** Whether a path leads to a folder that the configuration uses itself, or into one. */
export function isOwnFolder(directory: string, path: string): boolean {
  return isOwn(directory, path) || isOwn(realPath(directory), realPath(path));
}

const isOwn = (directory: string, path: string): boolean =>
  OWN.has(relative(directory, path).split(sep)[0] ?? '');

/** Whether two paths lead to one folder. */
export const isSameFolder = (one: string, other: string): boolean =>
  realPath(one) === realPath(other);

/** Where links lead, as far as there is anything yet. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
