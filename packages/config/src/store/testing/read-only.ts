import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The same folder in a place where not even root may write. */
export async function readOnly(directory: string): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'berth-read-only-'));
  execFileSync('mount', ['--bind', directory, place]);
  onTestFinished(async () => {
    execFileSync('umount', [place]);
    await rm(place, { recursive: true });
  });
  execFileSync('mount', ['-o', 'remount,ro,bind', place]);
  return place;
}
