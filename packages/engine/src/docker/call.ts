import type { DockerApi } from './api.ts';
import type { Operation } from './error-rules.ts';
import { statusOf, timedOut, translate } from './errors.ts';

/**
 * One call to the engine, ended by its deadline and with its errors translated.
 *
 * @param subject name of what it is about, for the user
 * @param ask gets a signal that fires at the deadline
 * @param extraMs added to the deadline, for what may rightly take longer
 */
export type Call = <T>(
  operation: Operation,
  subject: string,
  ask: (docker: DockerApi, abortSignal: AbortSignal) => Promise<T>,
  extraMs?: number,
) => Promise<T>;

export function createCall(
  host: string,
  timeoutMs: number,
  loadedApi: () => Promise<DockerApi>,
): Call {
  return async (operation, subject, ask, extraMs = 0) => {
    const docker = await loadedApi();
    const allowed = timeoutMs + extraMs;
    const stop = new AbortController();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(timedOut(host, allowed));
      stop.abort();
    }, allowed);
    try {
      return await Promise.race([ask(docker, stop.signal), late]);
    } catch (error) {
      throw translate({ operation, host, subject }, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The answer, or undefined where it failed with one of these statuses. */
export async function unless<T>(
  statuses: readonly number[],
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}
