import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a program printed, and how it ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves once standard output and error together match. Rejects where it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** What it has printed so far, on standard output and then on standard error. */
  said(): string;
  /** Kills it, if it still runs, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface ProgramOptions {
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  /** Runs it on a pseudo-terminal; what it prints is then all in `stdout`. */
  readonly terminal?: boolean;
  /** A command that becomes it, such as `setpriv …`: its words follow as arguments. */
  readonly through?: readonly string[];
}

/** Wider than any message of ours: lines break only where the program breaks them. */
const COLUMNS = 200;

/**
 * Where `bin/berth` keeps what it compiled: half of a short command's time. Nowhere while coverage is
 * counted, for code from there is counted wrongly.
 */
const COVERAGE = process.env['NODE_V8_COVERAGE'];
const COMPILING: Readonly<Record<string, string>> =
  COVERAGE === undefined
    ? { NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../.cache/compile', import.meta.url)) }
    : { NODE_V8_COVERAGE: COVERAGE };

/**
 * Starts a TypeScript program of ours as a process of its own.
 *
 * @param main path of its main module
 * @param options.env its whole environment, but for what says how Node compiles it
 */
export function startProgram(
  main: string,
  args: readonly string[],
  { env = process.env, terminal = false, through = [] }: ProgramOptions = {},
): Running {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', main, ...args];
  const command = [...through, ...node];
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const [program = '', ...rest] = terminal
    ? ['script', '-qefc', `stty cols ${COLUMNS}; exec ${quoted}`, '/dev/null']
    : command;
  return watch(spawn(program, rest, { env: { ...env, ...COMPILING } }));
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell();
  });
  // It may have ended before it read its input.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code]: (number | null)[]): Ended => ({
    code: code ?? null,
    stdout,
    stderr,
  }));
  return {
    child,
    ended,
    printed: (pattern) => {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
      const look = (): void => {
        const match = pattern.exec(stdout + stderr);
        if (match !== null) resolve(match);
      };
      waiting.add(look);
      look();
      void ended.then(() => {
        reject(new Error(`It ended before it printed ${String(pattern)}:\n${stdout}${stderr}`));
      });
      return promise.finally(() => waiting.delete(look));
    },
    said: () => stdout + stderr,
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
