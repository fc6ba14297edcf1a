import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './code.ts';

/**
 * What root makes in somebody's folder is theirs: after `sudo berthd user add` a server that runs as a
 * user of its own can still read its history. Does nothing for anybody else.
 *
 * @param give makes it belong to that user and group
 */
export async function giveToOwnerOf(
  folder: string,
  give: (uid: number, gid: number) => Promise<void>,
): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  if (uid === 0 && gid === 0) return;
  try {
    await give(uid, gid);
  } catch (error) {
    // In a container the folder's user or group may be one that is not known there.
    if (!hasCode(error, 'EINVAL')) throw error;
  }
}

/** Makes a folder, and those above it, that only its owner can look into. Succeeds where there is one. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const owned = dirname(first);
  for (let made = path; made !== owned; made = dirname(made)) {
    await giveToOwnerOf(owned, (uid, gid) => chown(made, uid, gid));
  }
}
