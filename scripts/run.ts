import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';

const TOOLS = join(dirname(import.meta.dirname), 'node_modules/.bin');

interface Ran {
  readonly ok: boolean;
  /** What it wrote, on both streams, in order. */
  readonly output: string;
}

/**
 * Runs a program to its end, with the checkout’s own Node and tools first in PATH; the signal asks it
 * to end early. Throws only where it cannot be started.
 */
export function run(
  command: string,
  args: readonly string[],
  { env = {}, signal }: { env?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, PATH: `${TOOLS}:${process.env['PATH'] ?? ''}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    }
    const stop = () => child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (killedBy !== null) chunks.push(Buffer.from(`\n${command} was ended by ${killedBy}.\n`));
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}
