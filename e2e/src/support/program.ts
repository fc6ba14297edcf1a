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
  /** Resolves once standard output and error together match; rejects if the program ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

const MAIN = {
  berth: fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url)),
  berthd: fileURLToPath(new URL('../../../packages/server/src/main.ts', import.meta.url)),
};

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the program, such as `setpriv …`. */
  readonly through?: readonly string[];
}

/** Starts one of our two programs as a process of its own. */
export function startProgram(
  program: keyof typeof MAIN,
  args: readonly string[],
  { env = {}, through = [] }: RunOptions = {},
): Running {
  const [command = '', ...rest] = [
    ...through,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    MAIN[program],
    ...args,
  ];
  const child = spawn(command, rest, { env: { ...process.env, ...env } });
  return watch(child);
}

/** Runs one of our programs to its end, without input. */
export function run(
  program: keyof typeof MAIN,
  args: readonly string[],
  options?: RunOptions,
): Promise<Ended> {
  const { child, ended } = startProgram(program, args, options);
  child.stdin.end();
  return ended;
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const told = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    told();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    told();
  });
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
  };
}
