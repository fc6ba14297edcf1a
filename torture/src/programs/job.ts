import { writeSync } from 'node:fs';
import { stdin } from 'node:process';

/** What this program was started to do: of the type that its own `program` names. */
export const givenJob = (): unknown => JSON.parse(process.argv[2] ?? '');

/** Says that something is done. It is out of this process when this returns. */
export function acknowledge(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Waits to be told to go. Returns a function that tells whether it was asked to stop since. */
export async function told(): Promise<() => boolean> {
  let isStopped = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  stdin.once('data', () => {
    resolve();
  });
  stdin.once('end', () => {
    isStopped = true;
    resolve();
  });
  await promise;
  // Or it would have to be told to end, too.
  stdin.unref();
  return () => isStopped;
}
