import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Disk } from './disk.ts';

/**
 * Where what is to replace a file is written. No two are the same: in a container every process may have
 * the same number, and what a killed one has left must not stop the next.
 */
export function newTemporary(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.berth-tmp`);
}

/** Nobody who lives takes so long from one write to the next. */
const LEFT_MS = 10 * 60 * 1000;

/** Removes what killed processes have left in a folder. Nothing but our own bytes is ever in it. */
export async function sweepTemporaries(
  disk: Pick<Disk, 'list' | 'stat' | 'remove'>,
  folder: string,
): Promise<void> {
  const names = (await disk.list(folder)).filter((name) => /^\..+\.berth-tmp$/.test(name));
  for (const name of names) {
    const stamp = await disk.stat(join(folder, name));
    if (stamp === undefined || Number(stamp.modified / 1_000_000n) > Date.now() - LEFT_MS) continue;
    await disk.remove(join(folder, name));
  }
}
