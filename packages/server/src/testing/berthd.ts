import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** The one that bin/berthd uses. It saves half of a command's time; but code from it is counted wrongly. */
const CACHE: Readonly<Record<string, string>> =
  process.env['NODE_V8_COVERAGE'] === undefined
    ? { NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../../.cache/compile', import.meta.url)) }
    : {};

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** Resolves once both outputs together match. Rejects where the program ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface RunOptions {
  /** Runs it on a pseudo-terminal; what it prints is then all in `stdout`. */
  readonly terminal?: boolean;
  /** Written to standard input, which then ends. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes it: its words follow as arguments. */
  readonly by?: readonly string[];
}

/** A configuration folder with the real `berthd` on it, as child processes that end with the test. */
export interface Berthd {
  readonly directory: string;
  start(args: readonly string[], options?: RunOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts a server. Resolves once it answers. */
  serve(options?: RunOptions): Promise<Running & { readonly url: string }>;
  write(file: string, text: string): Promise<void>;
}

/** Files of a small configuration that loads; its engine never answers. */
const FILES: Readonly<Record<string, string>> = {
  'main.yaml': `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
server: {port: 0}
engine: {host: "unix:///nonexistent/engine.sock"}
...
`,
  'containers.yaml': `version: 1
containers:
  shell: {image: shell}
  lab: {image: lab}
...
`,
  'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice
    containers: [lab]
...
`,
};

/** @param files besides, or instead of, those of a small configuration */
export async function berthdFolder(files: Readonly<Record<string, string>> = {}): Promise<Berthd> {
  const folder = await mkdtemp(join(tmpdir(), 'berthd-'));
  const directory = join(folder, 'config');
  const children = new Set<ChildProcessWithoutNullStreams>();
  onTestFinished(async () => {
    for (const child of children) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
    }
    await rm(folder, { recursive: true });
  });

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  };
  for (const [file, text] of Object.entries({ ...FILES, ...files })) await write(file, text);

  const start: Berthd['start'] = (args, { terminal = false, env = {}, by = [] } = {}) => {
    const command = [
      ...by,
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      MAIN,
      ...args,
    ];
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const [program, ...rest] = terminal
      ? ['script', '-qefc', `stty cols 200; exec ${quoted}`, '/dev/null']
      : command;
    const child = spawn(program ?? '', rest, {
      env: { ...process.env, ...CACHE, BERTH_CONFIG: directory, SUDO_USER: 'ada', ...env },
    });
    children.add(child);
    return watch(child);
  };

  return {
    directory,
    start,
    run: (args, options = {}) => {
      const { child, finished } = start(args, options);
      if (options.terminal !== true || options.input !== undefined) child.stdin.end(options.input);
      return finished;
    },
    serve: async (options) => {
      const running = start(['serve'], options);
      const [, url = ''] = await running.printed(/serves (http\S+)/);
      return { ...running, url };
    },
    write,
  };
}

function watch(child: ChildProcessWithoutNullStreams): Running {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // It may have ended before it read its input.
  child.stdin.on('error', () => undefined);
  const finished = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  return {
    child,
    finished,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout + stderr);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.on('close', () => {
          reject(new Error(`Never printed ${String(pattern)}: ${stdout}${stderr}`));
        });
        look();
      }),
  };
}
