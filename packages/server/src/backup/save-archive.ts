import { createWriteStream } from 'node:fs';
import { realpath, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newTemporary, sweepTemporaries, unlessMissing } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { Problem } from '@berth/contract';
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
  disk = createDisk(),
): Promise<Manifest> {
  const old = await unlessMissing(stat(path));
  if (old !== undefined && !(isReplacing && old.isFile())) throw inTheWay(path, old.isFile());
  // A link keeps leading where it leads.
  const target = old === undefined ? path : await realpath(path);
  const folder = dirname(target);
  const temporary = newTemporary(target);
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600 });
    const manifest = await writeArchive(backup, file);
    await disk.syncFile(temporary);
    await (isReplacing ? disk.rename(temporary, target) : disk.renameNew(temporary, target));
    await disk.syncFolder(folder);
    // The archive is there, whatever becomes of this.
    await sweepTemporaries(disk, folder).catch(() => undefined);
    return manifest;
  } catch (error) {
    await rm(temporary, { force: true });
    throw isTaken(error) ? inTheWay(path, true) : about(path, error);
  }
}

/** By somebody else, while the archive was written. */
const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

/** A failed write does not tell where, and the temporary's name tells nobody anything. */
const about = (path: string, error: unknown): unknown =>
  error instanceof Error && 'code' in error ? Object.assign(error, { path }) : error;

const inTheWay = (path: string, isFile: boolean): Problem =>
  isFile
    ? new Problem('conflict', `${path} is there already. To replace it add --force.`)
    : new Problem('conflict', `${path} is no file that a backup could replace.`);
