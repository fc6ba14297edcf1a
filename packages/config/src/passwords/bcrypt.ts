import { Worker } from 'node:worker_threads';
import { Problem } from '@berth/contract';

export interface BcryptQuestion {
  readonly password: string;
  /** A whole bcrypt hash: whatever else is taken for a failure of the thread. */
  readonly hash: string;
}

// In this form the bundler finds it, and puts the thread’s code into the bundle.
const THREAD = new URL('./bcrypt-worker.ts', import.meta.url);

/** bcrypt looks at no more of a password. */
const MOST_BYTES = 72;

/**
 * Whether the hash is of the password. The password counts as it was typed: who made the hash did not
 * normalise. One that bcrypt would cut off matches nothing, for any that starts alike would open it.
 *
 * bcrypt computes on the thread that it is called on. So it gets one of its own, for each question:
 * a hash is asked for only until the first login replaces it, and nothing stays behind.
 */
export async function matchesBcrypt(question: BcryptQuestion, thread = THREAD): Promise<boolean> {
  if (Buffer.byteLength(question.password) > MOST_BYTES) return false;
  const answer = Promise.withResolvers<boolean>();
  // None of the flags that the program runs with: some are not for threads, and it needs none.
  const worker = new Worker(thread, { workerData: question, execArgv: [] });
  worker.once('message', (matches) => answer.resolve(matches === true));
  worker.once('error', (cause) => answer.reject(failed(cause)));
  // After the answer this changes nothing.
  worker.once('exit', (code) => {
    answer.reject(failed(new Error(`The thread for bcrypt ended with ${code} and no answer.`)));
  });
  return answer.promise;
}

const failed = (cause: unknown): Problem =>
  new Problem('internal', 'The password could not be checked. Try again.', { cause });
