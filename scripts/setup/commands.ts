import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { Problem } from '@berth/contract';

const ENOUGH_BYTES = 64 * 1024 * 1024;
const TAIL_LINES = 15;

/** The environment of every command: daemons lie where a user’s PATH, or that of `su`, does not look. */
export const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`,
});

export interface Outcome {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command without showing it. A command that does not exist has failed like any other. */
export function attempt(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const options = { env: { ...environment(), ...env }, maxBuffer: ENOUGH_BYTES };
  return new Promise((resolve) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      resolve({
        ok: error === null,
        stdout,
        stderr: stderr === '' ? (error?.message ?? '') : stderr,
      });
    });
    child.stdin?.end();
  });
}

/** As `attempt`, but failing is a Problem that shows the end of what the command said. */
export async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { ok, stdout, stderr } = await attempt(command, args, env);
  if (ok) return stdout;
  throw new Problem(
    'internal',
    `${[command, ...args].join(' ')} failed:\n${tail(`${stdout}\n${stderr}`)}`,
  );
}

/** The last lines, for a person to see what went wrong. */
export function tail(text: string): string {
  return text.trim().split('\n').slice(-TAIL_LINES).join('\n');
}

/** Ends when a process and its output have ended; 128 stands for every signal. */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('close', (code: number | null) => resolve(code ?? 128));
  });
}

export async function isInstalled(command: string): Promise<boolean> {
  // The shell’s own look-up: with the command as an argument, nothing in it is interpreted.
  return (await attempt('sh', ['-c', 'command -v "$1"', 'sh', command])).ok;
}

/** Starts a daemon that outlives this process and its terminal; what it says is added to a log. */
export async function startDaemon(
  command: string,
  args: readonly string[],
  logFile: string,
): Promise<ChildProcess> {
  const log = await open(logFile, 'a', 0o600);
  try {
    const daemon = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: environment(),
    });
    await once(daemon, 'spawn');
    daemon.unref();
    return daemon;
  } finally {
    await log.close();
  }
}
