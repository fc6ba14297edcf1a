import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newTemporary, sweepTemporaries } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { Problem } from '@berth/contract';
import { unlessMissing } from '../missing.ts';
import type { Manifest } from './manifest.ts';
import { writeArchive, type Backup } from './write-archive.ts';

/**
 * Writes a backup to a file that only its owner can read. It stands there whole or not at all. Throws
 * `conflict` where there is a file already, unless it may be replaced.
 */
export async function saveArchive(
  backup: Backup,
  path: string,
  isReplacing: boolean,
): Promise<Manifest> {
  const old = await unlessMissing(stat(path));
  if (old !== undefined && !(isReplacing && old.isFile())) throw inTheWay(path, old.isFile());
  // A link keeps leading where it leads.
  const target = old === undefined ? path : await realpath(path);
  if (old === undefined) await reserve(target);
  const folder = dirname(target);
  const temporary = newTemporary(target);
  const disk = createDisk();
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    const manifest = await writeArchive(backup, file);
    await rename(temporary, target);
    await disk.syncFolder(folder);
    // The archive is there, whatever becomes of this.
    await sweepTemporaries(disk, folder).catch(() => undefined);
    return manifest;
  } catch (error) {
    await rm(temporary, { force: true });
    if (old === undefined) await rm(target, { force: true });
    throw error;
  }
}

/** So that nobody else can take the name meanwhile. */
async function reserve(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw inTheWay(path, true);
    }
    throw error;
  }
}

const inTheWay = (path: string, isFile: boolean): Problem =>
  isFile
    ? new Problem('conflict', `${path} is there already. To replace it add --force.`)
    : new Problem('conflict', `${path} is no file that a backup could replace.`);
