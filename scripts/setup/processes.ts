import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const POLL_MS = 50;

/** A process that a file names, if it runs and is the one that was meant: numbers are used again. */
export async function processOf(
  pidFile: string,
  isMeant: (argv: readonly string[]) => boolean,
): Promise<number | undefined> {
  const pid = Number(await readUnlessGone(pidFile));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return isMeant(await argvOf(pid)) ? pid : undefined;
}

/** A process’s command and arguments: none where it has ended. */
export async function argvOf(pid: number): Promise<string[]> {
  const commandLine = (await readUnlessGone(`/proc/${pid}/cmdline`)) ?? '';
  return commandLine.split('\0').slice(0, -1);
}

/** Asks a process to end and waits for it. Whether it is gone. */
export async function end(pid: number, patienceMs: number): Promise<boolean> {
  process.kill(pid, 'SIGTERM');
  return until(async () => (await argvOf(pid)).length === 0, patienceMs);
}

/** Polls a condition; false when it did not come true in time. */
export async function until(
  condition: () => Promise<boolean>,
  patienceMs: number,
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await setTimeout(POLL_MS);
  }
  return true;
}

async function readUnlessGone(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
