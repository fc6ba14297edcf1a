import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

interface Ran {
  readonly stdout: string;
  /** Of the whole process, from before it was started until it had ended and closed its output. */
  readonly milliseconds: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the program early. */
  readonly signal: AbortSignal;
}

/** Runs a program to its end. Throws, with what it said, when it fails. */
export async function run(
  file: string,
  args: readonly string[],
  { env = process.env, signal }: RunOptions,
): Promise<Ran> {
  signal.throwIfAborted();
  const started = performance.now();
  // A group of its own, so that what it started ends with it.
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  // Not spawn's own `signal`: that does not wait for the program to be gone.
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    const milliseconds = performance.now() - started;
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`${[file, ...args].join(' ')} failed:\n${stdout}${stderr}`);
    return { stdout, milliseconds };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A server that runs until it is stopped. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** When it was started, by `performance.now()`. */
  readonly started: number;
  /** SIGTERM; ends when it is gone. */
  stop(): Promise<void>;
}

/** Starts a server; resolves when it has printed `serves URL`. */
export async function startServer(
  file: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ServerProcess> {
  signal.throwIfAborted();
  const started = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const url = /^.*\bserves (http:\S+)$/m.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  }
  child.on('error', reject);
  child.on('close', () => reject(new Error(`${file} ended:\n${said}`)));
  const url = await promise;
  return {
    url,
    pid: child.pid ?? 0,
    started,
    stop: async () => {
      child.kill();
      await closed;
    },
  };
}

/** What a process takes, in millions of bytes. */
export async function residentMegabytes(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}
