import { dirname } from 'node:path';
import { hasCode } from '../disk/code.ts';
import type { Disk, Stamp } from '../disk/disk.ts';
import { makeDurableFolder } from '../disk/make-folder.ts';
import { removeQuietly, writeNewFile } from '../disk/write-file.ts';
import type { Content } from './content.ts';
import { isSameVersion, type Seen } from './read-files.ts';

/** What is to become of one file. */
export interface Installation {
  readonly file: string;
  /** The file as it was read; undefined where there was none. */
  readonly before: Seen | undefined;
  /** Undefined for a file that is to go. */
  readonly after: Content | undefined;
}

export interface Paths {
  readonly target: string;
  /** In the same folder. */
  readonly temporary: string;
}

/** One file's part of a save. Whatever text of a person it comes upon stays: in place, or beside it. */
export interface Step {
  /** Writes the new file beside the old one. */
  prepare(): Promise<void>;
  /** Puts it there. Returns false where somebody has changed the file since it was read. */
  put(): Promise<boolean>;
  /** Whether it stood there for a moment in the place of a text that somebody had saved just then. */
  wasShown(): boolean;
  /** Undoes `put`, where that came about. */
  putBack(): Promise<void>;
  /** Undoes `prepare`. */
  clean(): Promise<void>;
  /** What tells the new file from one that somebody puts in its place. */
  own(): Stamp | undefined;
}

export function createStep(
  disk: Disk,
  { target, temporary }: Paths,
  { before, after }: Installation,
): Step {
  let own: Stamp | undefined;
  let isPut = false;
  let wasShown = false;

  const isOwn = async (path: string): Promise<boolean> => {
    const stamp = own && (await disk.stat(path));
    return own !== undefined && stamp !== undefined && isSameVersion(stamp, own);
  };

  const place = async (): Promise<void> => {
    if (before === undefined) await disk.renameNew(temporary, target);
    else if (after === undefined) await disk.rename(target, temporary);
    else await disk.exchange(temporary, target);
  };

  /** Somebody has saved over what was put there: theirs is the newest. */
  const giveWay = async (): Promise<void> => {
    if (await isOwn(temporary)) return;
    if (before === undefined) await disk.renameNew(temporary, target);
    else await disk.exchange(temporary, target);
  };

  return {
    prepare: async () => {
      if (after === undefined) return;
      if (before === undefined) await makeDurableFolder(disk, dirname(target));
      const replaced = before && { path: target, stamp: before.stamp };
      await writeNewFile(disk, temporary, after.pieces(), replaced);
      try {
        own = await disk.stat(temporary);
      } catch (error) {
        await removeQuietly(disk, temporary);
        throw error;
      }
    },
    put: async () => {
      // What is put there and taken back stands there for a moment, and somebody could open it.
      if (before !== undefined && !isVersion(await disk.stat(target), before)) return false;
      if (!(await unlessOthers(place))) return false;
      isPut = true;
      wasShown = before !== undefined && !(await isStill(disk, temporary, before));
      return !wasShown;
    },
    wasShown: () => wasShown,
    putBack: async () => {
      if (!isPut) return;
      if (after === undefined) await unlessOthers(() => disk.renameNew(temporary, target));
      else if (before === undefined) {
        if (await unlessOthers(() => disk.rename(target, temporary))) await unlessOthers(giveWay);
      } else if (await unlessOthers(() => disk.exchange(temporary, target))) {
        await unlessOthers(giveWay);
      }
      isPut = false;
    },
    clean: async () => {
      if (await isOwn(temporary)) await disk.remove(temporary);
    },
    own: () => own,
  };
}

/** Returns false, with nothing done, where somebody has made or removed the file in the meantime. */
async function unlessOthers(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

const isVersion = (now: Stamp | undefined, { stamp }: Seen): boolean =>
  now !== undefined && isSameVersion(now, stamp);

async function isStill(disk: Disk, path: string, before: Seen): Promise<boolean> {
  if (!isVersion(await disk.stat(path), before)) return false;
  if (before.isTelling) return true;
  return (await disk.read(path)).equals(Buffer.concat(before.content.pieces()));
}
