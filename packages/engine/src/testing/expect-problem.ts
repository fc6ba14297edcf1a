import { Problem, type ProblemCode } from '@berth/contract';
import { expect } from 'vitest';

/** Waits for the Problem that this ends with. */
export async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw new Error('This should have ended with a Problem.', { cause: error });
}

export async function expectProblem(work: Promise<unknown>, code: ProblemCode): Promise<void> {
  const problem = await problemOf(work);
  expect(problem.code, problem.message).toBe(code);
}

/** How many of these succeeded; all others must have failed with this code. */
export async function successesOf(
  works: readonly Promise<unknown>[],
  code: ProblemCode,
): Promise<number> {
  const results = await Promise.allSettled(works);
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) expect(reason).toMatchObject({ code });
  return results.length - failures.length;
}
