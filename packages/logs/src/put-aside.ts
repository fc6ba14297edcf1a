import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { rotatedFiles } from './log-files.ts';

const PARTIAL = '.partial';

/** Puts a compressed file in the place of a file that is written to no more. */
export async function compress(path: string): Promise<void> {
  const partial = `${path}${PARTIAL}`;
  await pipeline(
    createReadStream(path),
    createGzip(),
    createWriteStream(partial, { mode: 0o600, flush: true }),
  );
  await rename(partial, `${path}.gz`);
  await rm(path);
}

/** Keeps so many of the files that were put aside, and nothing that a killed process has left half done. */
export async function prune(directory: string, name: string, keep: number): Promise<void> {
  const partial = (await readdir(directory)).filter(
    (one) => one.startsWith(`${name}-`) && one.endsWith(PARTIAL),
  );
  for (const one of partial) await rm(join(directory, one), { force: true });
  const files = await rotatedFiles(directory, name);
  for (const old of files.slice(0, Math.max(0, files.length - keep))) {
    await rm(join(directory, old), { force: true });
  }
}
