import { chown, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToOwnerOf, makeFolder, withFrozenConfig, type Disk } from '@berth/config';
import { Problem } from '@berth/contract';
import { collect } from './collect.ts';
import { saveArchive } from './save-archive.ts';
import type { Backup } from './write-archive.ts';

/** A backup of what is going to be replaced. */
export interface BeforeRestore {
  readonly path: string;
  /** Whether it can be restored: it has a configuration that loads. */
  readonly isWhole: boolean;
  /** Removes it where nothing was replaced after all. Never fails: why nothing was is what has to be told. */
  forget(): Promise<void>;
}

/** So many are kept. */
const MOST = 3;

/**
 * Backs up a configuration, or the last version of it that was valid, with secrets and state, into its
 * history. Returns undefined where there is nothing to back up. Texts that do not load are not in it:
 * replacing keeps them.
 *
 * @param stateDirectory where nothing that loads tells it
 */
export async function backUpBefore(
  directory: string,
  stateDirectory: string,
  onRejected: (file: string, path: string) => void,
  disk: Disk,
): Promise<BeforeRestore | undefined> {
  const time = new Date();
  const backup = await withFrozenConfig({ directory, onRejected }, async ({ files, config }) => ({
    revision: config.revision,
    time,
    files: await collect(directory, config.settings.stateDirectory, files),
  })).catch(async (error: unknown): Promise<Backup> => {
    if (!(error instanceof Problem)) throw error;
    return { revision: '', time, files: await collect(directory, stateDirectory, new Map()) };
  });
  if (backup.files.size === 0) return undefined;
  const folder = join(directory, 'history');
  await makeFolder(folder);
  const name = `before-restore-${time.toISOString().replaceAll(':', '-')}.tar.gz`;
  const path = join(folder, name);
  await saveArchive(backup, path, false, disk);
  await giveToOwnerOf(folder, (uid, gid) => chown(path, uid, gid));
  return {
    path,
    isWhole: backup.revision !== '',
    forget: () => rm(path, { force: true }).catch(() => undefined),
  };
}

/** Removes the oldest of such backups. */
export async function forgetOlder(directory: string): Promise<void> {
  const folder = join(directory, 'history');
  const names = (await readdir(folder)).filter((name) => /^before-restore-.*\.tar\.gz$/.test(name));
  for (const name of names.toSorted().slice(0, -MOST)) await rm(join(folder, name));
}
