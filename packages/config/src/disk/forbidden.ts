import { hasCode } from './code.ts';

/** For who gets along without what this user may not do, in a folder that they may only read. */
export function undefinedIfForbidden(error: unknown): undefined {
  if (['EACCES', 'EPERM', 'EROFS'].some((code) => hasCode(error, code))) return undefined;
  throw error;
}
