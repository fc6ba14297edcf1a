import { Problem, type ProblemCode } from '@berth/contract';

const FILE_TROUBLE: Readonly<Record<string, readonly [code: ProblemCode, reason: string]>> = {
  EACCES: ['disk_failed', 'not allowed to this user. Run berthd as one who is'],
  EPERM: ['disk_failed', 'not allowed to this user. Run berthd as one who is'],
  EROFS: ['disk_failed', 'the file system is read-only'],
  ENOENT: ['not_found', 'there is no such file or folder'],
  ENOTDIR: ['bad_request', 'not a folder, or below a file'],
  EISDIR: ['bad_request', 'a folder, not a file'],
  ELOOP: ['bad_request', 'symbolic links that lead in a circle'],
  ENOSPC: ['disk_full', 'the disk is full'],
};

/**
 * Why a command failed, in words for who ran it.
 *
 * @param isVerbose whether what only a developer understands is to be told too
 */
export function failureOf(error: unknown, isVerbose: boolean): Problem {
  if (error instanceof Problem) return error;
  const { stack, message } = error instanceof Error ? error : new Error(String(error));
  return (
    fileTrouble(error) ??
    new Problem(
      'internal',
      `this should not have happened: ${isVerbose ? (stack ?? message) : message}\nSet BERTH_DEBUG=1 for the whole story, and please report it.`,
      { cause: error },
    )
  );
}

/** Why a stream such as standard output could not be written. */
export function unwrittenOf(name: string, error: NodeJS.ErrnoException): Problem {
  return (
    fileTrouble(Object.assign(error, { path: name })) ??
    new Problem('disk_failed', `${name}: ${error.message}.`, { cause: error })
  );
}

/** What a file system refuses is for the person at the machine to settle: which file, and why. */
function fileTrouble(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('path' in error) || !('code' in error)) return undefined;
  const { path, code } = error;
  if (typeof path !== 'string' || typeof code !== 'string') return undefined;
  const trouble = FILE_TROUBLE[code];
  if (trouble === undefined) return undefined;
  const [kind, reason] = trouble;
  return new Problem(kind, `${path}: ${reason} (${code}).`, { cause: error });
}
