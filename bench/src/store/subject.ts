import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A process that does one thing at a time, when it is asked to, and tells how long it took. */
export interface Subject {
  /** Milliseconds, or what else the command is to measure. */
  ask(command: string): Promise<number>;
}

/**
 * Starts a program of this folder on a configuration.
 *
 * @param file such as `ours.ts`
 */
export function startSubject(
  file: string,
  folder: string,
  signal: AbortSignal,
): Subject & AsyncDisposable {
  signal.throwIfAborted();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--expose-gc',
      `${import.meta.dirname}/${file}`,
      folder,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  const closed = once(child, 'close');
  const said = text(child.stderr);
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    ask: async (command) => {
      child.stdin.write(`${command}\n`);
      const { value, done } = await answers.next();
      signal.throwIfAborted();
      if (done === true) throw new Error(`${file} ended at ${command}:\n${await said}`);
      return Number(value);
    },
    [Symbol.asyncDispose]: async () => {
      signal.removeEventListener('abort', stop);
      child.stdin.end();
      await closed;
    },
  };
}
