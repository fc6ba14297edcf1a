import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClientFile } from '@berth/contract';
import { load } from 'js-yaml';
import { Check } from 'typebox/value';
import { CLIENT, SECRET } from './stand-in.ts';

/** The one that bin/berth uses. */
const COMPILE_CACHE = fileURLToPath(new URL('../../../../.cache/compile', import.meta.url));
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** Resolves once both outputs together match. Rejects where the program ends before. */
  printed(pattern: RegExp): Promise<string>;
}

/** A home folder of its own for the real `berth`, as a child process. */
export interface Home {
  readonly configPath: string;
  start(args: readonly string[], options?: RunOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Writes a config that is logged in to this server. */
  logIn(server: string, name?: string): Promise<void>;
  write(text: string): Promise<void>;
  config(): Promise<ClientFile>;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it on a pseudo-terminal; what it prints is then all in `stdout`. */
  readonly terminal?: boolean;
  /** Written to standard input, which then ends. */
  readonly input?: string;
}

export async function makeHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-cli-'));
  const configPath = join(folder, 'berth', 'config.yaml');
  const children = new Set<ChildProcessWithoutNullStreams>();

  const start: Home['start'] = (args, { env = {}, terminal = false } = {}) => {
    const command = [process.execPath, '--disable-warning=ExperimentalWarning', MAIN, ...args];
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const child = terminal
      ? spawn('script', ['-qefc', `stty cols 100; exec ${quoted}`, '/dev/null'], {
          env: { ...environment(folder), ...env },
        })
      : spawn(command[0] ?? '', command.slice(1), { env: { ...environment(folder), ...env } });
    children.add(child);
    return watch(child);
  };

  return {
    configPath,
    start,
    run: (args, options = {}) => {
      const { child, finished } = start(args, options);
      child.stdin.end(options.input);
      return finished;
    },
    write: async (text) => {
      await mkdir(join(folder, 'berth'), { recursive: true, mode: 0o700 });
      await writeFile(configPath, text, { mode: 0o600 });
    },
    logIn: async (server, name = 'lab') => {
      await mkdir(join(folder, 'berth'), { recursive: true, mode: 0o700 });
      await writeFile(configPath, configText(server, name), { mode: 0o600 });
    },
    config: async () => {
      const value = load(await readFile(configPath, 'utf8'));
      if (!Check(ClientFile, value)) throw new TypeError('The config is not valid.');
      return value;
    },
    remove: async () => {
      for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function configText(server: string, name = 'lab'): string {
  return `version: 1
current: ${name}
contexts:
  ${name}:
    server: ${server}
    client: ${CLIENT}
    secret: ${SECRET}
    user: alice
...
`;
}

/** Nothing of the developer’s own settings reaches the program; coverage does. */
function environment(folder: string): Record<string, string> {
  const coverage = process.env['NODE_V8_COVERAGE'];
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    TERM: 'xterm',
    // Code from the cache is counted wrongly.
    ...(coverage === undefined
      ? { NODE_COMPILE_CACHE: COMPILE_CACHE }
      : { NODE_V8_COVERAGE: coverage }),
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
          if (pattern.test(stdout + stderr)) resolve(stdout + stderr);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.on('close', () => reject(new Error(`Never printed ${pattern}: ${stdout}${stderr}`)));
        look();
      }),
  };
}
