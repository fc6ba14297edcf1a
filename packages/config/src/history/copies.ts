import { join } from 'node:path';
import type { Disk, Stamp } from '../disk/disk.ts';
import { makeDurableFolder } from '../disk/make-folder.ts';
import { contentOf, type Content } from '../store/content.ts';
import { isSameVersion } from '../store/read-files.ts';
import { moved } from './moved.ts';
import { severalAtOnce } from './several-at-once.ts';
import { writeAside } from './write-aside.ts';

/** A whole copy of each file, in `last/`: of its newest version, or of one from which records lead there. */
export interface Copies {
  readonly folder: string;
  /** The files that there are copies of. */
  files(): Promise<string[]>;
  /** @param like a content that most of it is probably the same as */
  read(file: string, like?: Content): Promise<Content | undefined>;
  write(file: string, pieces: readonly Buffer[]): Promise<void>;
  /** Writes many, several at once: each waits for the disk. */
  writeAll(contents: Iterable<readonly [file: string, content: Content]>): Promise<void>;
  /**
   * Takes the file at `path` as the copy.
   *
   * @param stamp of the file as it was read
   */
  keep(file: string, path: string, stamp: Stamp): Promise<void>;
  remove(file: string): Promise<void>;
  /**
   * The path of a copy that somebody has written to: who had opened a version before it was replaced
   * writes to it where it is now. Undefined where the copy is as it was, or there is none.
   *
   * @param isKnown whether the history tells of this content
   */
  writtenTo(
    file: string,
    isKnown: (digest: string) => Promise<boolean>,
    like: Content | undefined,
  ): Promise<string | undefined>;
}

/** In the history a user's own file bears the name of its folder too. */
export const flatName = (file: string): string => file.replace('/', '-');
export const fileOfFlatName = (name: string): string => name.replace(/^users-/, 'users/');

/** @param folder is that of the history */
export function createCopies(folder: string, disk: Disk): Copies {
  const own = join(folder, 'last');
  const pathOf = (file: string): string => join(own, flatName(file));
  /** Of copies that were made or looked into here: 50 MB need not be read again. */
  const stamps = new Map<string, Stamp>();

  const read: Copies['read'] = async (file, like) => {
    if ((await disk.stat(pathOf(file))) === undefined) return undefined;
    return contentOf(file, await disk.read(pathOf(file)), like);
  };

  const put = async (file: string, pieces: readonly Buffer[]): Promise<void> => {
    await writeAside(disk, pathOf(file), pieces, (path) => disk.rename(path, pathOf(file)));
    stamps.delete(file);
    const stamp = await disk.stat(pathOf(file));
    if (stamp !== undefined) stamps.set(file, stamp);
  };

  const write: Copies['write'] = async (file, pieces) => {
    await makeDurableFolder(disk, own);
    await put(file, pieces);
  };

  return {
    folder: own,
    files: async () =>
      (await disk.list(own)).filter((name) => name.endsWith('.yaml')).map(fileOfFlatName),
    read,
    write,
    writeAll: async (contents) => {
      await makeDurableFolder(disk, own);
      await severalAtOnce(contents, ([file, content]) => put(file, content.pieces()));
      await disk.syncFolder(own);
    },
    keep: async (file, path, stamp) => {
      await makeDurableFolder(disk, own);
      if (await moved(disk, path, () => disk.rename(path, pathOf(file)))) stamps.set(file, stamp);
      else {
        await write(file, [await disk.read(path)]);
        await disk.remove(path);
      }
    },
    remove: async (file) => {
      await disk.remove(pathOf(file));
      stamps.delete(file);
    },
    writtenTo: async (file, isKnown, like) => {
      const now = await disk.stat(pathOf(file));
      if (now === undefined) return undefined;
      const stamp = stamps.get(file);
      if (stamp !== undefined && isSameVersion(now, stamp)) return undefined;
      const content = await read(file, like);
      if (content !== undefined && !(await isKnown(content.digest))) return pathOf(file);
      stamps.set(file, now);
      return undefined;
    },
  };
}
