import { open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToOwnerOf, makeFolder, unlessMissing } from '@berth/config';

/** The folder of the trail in the state folder. */
export const auditFolder = (stateDirectory: string): string => join(stateDirectory, 'audit');

/** A reader holds one file as a whole. */
const MOST_BYTES = 4 * 1024 * 1024;

const FILE = /^[0-9]{8}\.yaml$/;

/** The files of a trail, oldest first. */
export async function auditFiles(folder: string): Promise<string[]> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  return names.filter((name) => FILE.test(name)).toSorted();
}

/**
 * Appends a line and returns when it is on the disk. The server and commands may do so at the same
 * moment: each line is one write, and nobody renames a file. When the newest file is large, the next one
 * begins, and the oldest go as far as all together are larger than `maxBytes`.
 */
export async function appendAudit(folder: string, line: string, maxBytes: number): Promise<void> {
  const file = await openNewest(folder, maxBytes);
  try {
    // Begun with an end of line: what a full disk or a power cut has left of the last one ends there.
    const bytes = Buffer.from(`\n${line}\n`);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten !== bytes.length) {
      throw new Error(`${folder}: ${bytesWritten} of ${bytes.length} bytes were written`);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function openNewest(folder: string, maxBytes: number): Promise<FileHandle> {
  const files = await auditFiles(folder);
  const newest = files.at(-1);
  if (newest !== undefined) {
    const path = join(folder, newest);
    if ((await stat(path)).size < MOST_BYTES) return open(path, 'a');
    await removeOldest(folder, files, maxBytes);
  }
  const number = Number.parseInt(newest ?? '0', 10) + 1;
  return openNew(folder, join(folder, `${String(number).padStart(8, '0')}.yaml`));
}

async function openNew(folder: string, path: string): Promise<FileHandle> {
  await makeFolder(folder);
  // Another process may be making it too.
  const file = await open(path, 'a', 0o600);
  try {
    if ((await file.stat()).uid === 0) {
      await giveToOwnerOf(folder, (uid, gid) => file.chown(uid, gid));
    }
    await syncFolder(folder);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeOldest(
  folder: string,
  files: readonly string[],
  maxBytes: number,
): Promise<void> {
  const most = Math.max(1, Math.floor(maxBytes / MOST_BYTES));
  for (const name of files.slice(0, Math.max(0, files.length + 1 - most))) {
    await rm(join(folder, name), { force: true });
  }
}
