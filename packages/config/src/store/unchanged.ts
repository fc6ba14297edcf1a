import { Problem } from '@berth/contract';
import { diskProblem } from '../disk/problems.ts';

/**
 * Does work of which nothing has come about where it fails, and says so in a failure of the disk: the
 * person who asked for it has to know.
 *
 * @param path where the failure itself does not tell it
 */
export async function unchanged<T>(work: () => Promise<T>, path?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string | undefined): unknown {
  const isHalfDone = error instanceof AggregateError;
  const cause: unknown = isHalfDone ? error.errors[0] : error;
  const problem = diskProblem(cause, path);
  if (!(problem instanceof Problem) || !['disk_full', 'disk_failed'].includes(problem.code)) {
    return error;
  }
  const end = isHalfDone
    ? 'A part of the change stands already, and could not be undone: the next change, or the next start, brings it to its end.'
    : 'Nothing was changed.';
  return new Problem(problem.code, `${problem.message} ${end}`, { cause: error });
}
