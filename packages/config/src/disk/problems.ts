import { basename } from 'node:path';
import { Problem, type ProblemCode } from '@berth/contract';

/** A failure of the file system, as Node tells it. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
}

/**
 * A failure of the file system in words that say what to do; anything else as it is.
 *
 * @param path where the failure itself does not tell it
 */
export function diskProblem(error: unknown, path?: string): unknown {
  if (!isSystemError(error)) return error;
  const places = [error.dest, error.path, path].filter((place) => place !== undefined);
  // The person knows the file, not what we call it for a moment.
  const known = places.find((place) => !isTemporary(place)) ?? places[0] ?? error.syscall;
  const [code, message] = explained(error, known);
  return new Problem(code, message, { cause: error });
}

const isTemporary = (path: string): boolean => /^\..+\.berth-(?:new|tmp)/.test(basename(path));

/**
 * The same where a new file could not be given to whom the one that it replaces belongs to. In a
 * container that may be a user or a group that is not known there.
 */
export function ownerProblem(
  error: unknown,
  path: string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): unknown {
  if (!isSystemError(error) || !['EPERM', 'EINVAL'].includes(error.code)) return error;
  const own = `${process.geteuid?.()}:${process.getegid?.()}`;
  return new Problem(
    'disk_failed',
    `${path} belongs to user ${named(uid)} and group ${named(gid)}, and a new version of it could not be given to them. Make the change as root, or let the file be of who makes it: chown ${own} ${path}`,
    { cause: error },
  );
}

const named = (id: number): string => (id === 0 ? '0 (root)' : String(id));

function explained(error: SystemError, path: string): [ProblemCode, string] {
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return ['disk_full', `The disk is full: ${path} could not be written.`];
    case 'EACCES':
    case 'EPERM':
      return [
        'disk_failed',
        `${path}: permission denied. Only a user who may write to the configuration folder and everything in it can change it.`,
      ];
    case 'ENOTDIR':
      return ['bad_request', `${path}: not a folder, or below a file.`];
    case 'EROFS':
      return ['disk_failed', `${path} is on a file system that is mounted read-only.`];
    // The new file stands in the same folder, so only a mount can part the two.
    case 'EBUSY':
    case 'EXDEV':
      return [
        'disk_failed',
        `${path} is mounted by itself, as a single file, so it cannot be replaced. Mount its folder instead.`,
      ];
    default:
      return ['disk_failed', `The disk failed: ${error.message}.`];
  }
}

function isSystemError(error: unknown): error is SystemError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'syscall' in error &&
    typeof error.syscall === 'string'
  );
}
