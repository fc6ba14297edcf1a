import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Restores in a process of its own, which is killed before it does this at a path that ends so. */
export async function dieRestoring(
  directory: string,
  archive: string,
  operation: string,
  end: string,
): Promise<void> {
  const program = fileURLToPath(new URL('dying-restore.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, directory, archive, operation, end],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = await once(child, 'exit');
  if (child.signalCode !== 'SIGKILL') throw new Error(`It was not killed: ${code}`);
}
