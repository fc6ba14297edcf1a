import { Problem } from '@berth/contract';
import type { DockerApi } from './api.ts';
import type { Call } from './call.ts';
import type { Operation } from './error-rules.ts';
import { translate } from './errors.ts';

/**
 * An answer of the engine’s that lasts: opened within the deadline of a call, then read for as long as it
 * takes. The signal ends it, and with it the connection.
 *
 * @param subject name of what it is about, for the user
 * @param ask gets a signal that fires with the caller’s, and at the deadline
 */
export type Stream = <T>(
  operation: Operation,
  subject: string,
  ask: (docker: DockerApi, abortSignal: AbortSignal) => Promise<NodeJS.ReadableStream>,
  read: (answer: NodeJS.ReadableStream) => AsyncIterable<T>,
  signal: AbortSignal,
) => Promise<AsyncIterable<T>>;

export function createStream(host: string, call: Call): Stream {
  return async (operation, subject, ask, read, signal) => {
    const failure = (cause: unknown): unknown =>
      signal.aborted
        ? new Problem('cancelled', 'Listening to the engine was cancelled.', { cause })
        : translate({ operation, host, subject }, cause);
    const opened = call(operation, subject, (docker, late) =>
      ask(docker, AbortSignal.any([late, signal])),
    );
    const answer = await opened.catch((error: unknown) => {
      throw failure(error);
    });
    return throwing(read(answer), failure);
  };
}

async function* throwing<T>(
  stream: AsyncIterable<T>,
  failure: (cause: unknown) => unknown,
): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw failure(error);
  }
}
