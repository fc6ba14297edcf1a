import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  startProgram,
  type Ended,
  type ProgramOptions,
  type Running,
} from '@berth/testbed/program';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface RunOptions extends ProgramOptions {
  /** Written to standard input, which then ends. */
  readonly input?: string;
}

/** A configuration folder with the real `berthd` on it, as child processes that end with the test. */
export interface Berthd {
  readonly directory: string;
  start(args: readonly string[], options?: ProgramOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Starts a server. Resolves once it answers. */
  serve(options?: ProgramOptions): Promise<Running & { readonly url: string }>;
  write(file: string, text: string): Promise<void>;
}

/** Files of a small configuration that loads; its engine never answers. */
const FILES: Readonly<Record<string, string>> = {
  'main.yaml': `version: 1
admin: {username: admin, password_hash: "$pbkdf2-sha256$i=600000,l=32$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
server: {port: 0}
rate_limit: {per_minute: 1000000, browser_per_minute: 1000000, address_per_minute: 1000000, login_per_minute: 1000000, enrol_per_minute: 1000000}
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
  const started: Running[] = [];
  onTestFinished(async () => {
    await Promise.all(started.map(({ kill }) => kill()));
    await rm(folder, { recursive: true });
  });

  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), text);
  };
  for (const [file, text] of Object.entries({ ...FILES, ...files })) await write(file, text);

  const start: Berthd['start'] = (args, { env, ...options } = {}) => {
    const environment = { ...process.env, BERTH_CONFIG: directory, SUDO_USER: 'ada', ...env };
    const running = startProgram(MAIN, args, { env: environment, ...options });
    started.push(running);
    return running;
  };

  return {
    directory,
    start,
    run: (args, { input, ...options } = {}) => {
      const { child, ended } = start(args, options);
      if (options.terminal !== true || input !== undefined) child.stdin.end(input);
      return ended;
    },
    serve: async (options) => {
      const running = start(['serve'], options);
      const [, url = ''] = await running.printed(/serves (http\S+)/);
      return { ...running, url };
    },
    write,
  };
}
