import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClientFile } from '@berth/contract';
import {
  startProgram,
  type Ended,
  type ProgramOptions,
  type Running,
} from '@berth/testbed/program';
import { load } from 'js-yaml';
import { Check } from 'typebox/value';
import { CLIENT, SECRET } from './stand-in.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** A home folder of its own for the real `berth`, as a child process. */
export interface Home {
  readonly configPath: string;
  start(args: readonly string[], options?: ProgramOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Writes a config that is logged in to this server. */
  logIn(server: string, name?: string): Promise<void>;
  write(text: string): Promise<void>;
  config(): Promise<ClientFile>;
  remove(): Promise<void>;
}

interface RunOptions extends ProgramOptions {
  /** Written to standard input, which then ends. */
  readonly input?: string;
}

export async function makeHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-cli-'));
  const configPath = join(folder, 'berth', 'config.yaml');
  const started: Running[] = [];
  const start: Home['start'] = (args, { env, ...options } = {}) => {
    const running = startProgram(MAIN, args, { env: environment(folder, env), ...options });
    started.push(running);
    return running;
  };

  return {
    configPath,
    start,
    run: (args, { input, ...options } = {}) => {
      const { child, ended } = start(args, options);
      child.stdin.end(input);
      return ended;
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
      await Promise.all(started.map(({ kill }) => kill()));
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

/** Nothing of the developer’s own settings reaches the program. */
function environment(folder: string, more?: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = process.env['PATH'] ?? '';
  return { PATH: path, HOME: folder, XDG_CONFIG_HOME: folder, TERM: 'xterm', ...more };
}
