import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '@berth/contract';

/**
 * Replaces a file as a whole: readers see the old bytes or the new ones, also after a power cut, and
 * once this returns the new ones are on the disk. Keeps the file's mode and owner and follows a
 * symbolic link; a new file gets `mode`. On failure the old file is untouched.
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const target = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return path;
    throw error;
  });
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await writeDurably(temporary, target, text, mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
      throw new Problem('disk_full', `The disk is full: ${target} was left as it was.`, {
        cause: error,
      });
    }
    throw error;
  }
  await syncDirectory(dirname(target));
}

async function writeDurably(
  temporary: string,
  target: string,
  text: string,
  mode: number,
): Promise<void> {
  const old = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    const { size } = await file.stat();
    // A full disk has been seen to shorten a write without an error.
    if (size !== Buffer.byteLength(text)) throw new Error(`${temporary}: wrote ${size} bytes only`);
    await file.chmod(old === undefined ? mode : old.mode & 0o7777);
    if (old !== undefined) await file.chown(old.uid, old.gid);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is only durable once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
