import { join } from 'node:path';
import { hasCode } from '../disk/code.ts';
import type { Disk } from '../disk/disk.ts';
import { makeDurableFolder } from '../disk/make-folder.ts';
import type { Content } from '../store/content.ts';
import { fileOfFlatName, flatName } from './copies.ts';
import { moved } from './moved.ts';
import { writeAside } from './write-aside.ts';

/** A text that could not be taken up, or had to give way to another, and was kept. */
export interface RejectedText {
  readonly file: string;
  readonly path: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
}

export interface RejectedTexts {
  /** Moves the text to where people find it. Returns its new path. */
  move(file: string, path: string, time: Date): Promise<string>;
  /** Writes it. Returns its path. */
  write(file: string, content: Content, time: Date): Promise<string>;
  /** Oldest first. */
  list(): Promise<RejectedText[]>;
  /**
   * Removes the oldest until no more than `keep` with `maxBytes` are left, but none that people have not
   * had a month for.
   *
   * @param now is asked for only where there are more
   */
  prune(bounds: Bounds, now: () => Promise<Date>): Promise<void>;
}

/** How much is kept. */
export interface Bounds {
  readonly keep: number;
  readonly maxBytes: number;
}

/** `berthd check` has shown a text for so long before it may go. */
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

const NAME = /^rejected-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)-(.+\.yaml)$/;

/** @param folder is that of the history */
export function createRejectedTexts(folder: string, disk: Disk): RejectedTexts {
  const pathOf = (file: string, time: Date): string =>
    join(folder, `rejected-${time.toISOString().replaceAll(':', '-')}-${flatName(file)}`);

  /** Two may come in one millisecond, and none replaces another. */
  const place = async (
    file: string,
    time: Date,
    put: (path: string) => Promise<void>,
  ): Promise<string> => {
    await makeDurableFolder(disk, folder);
    for (let later = 0; ; later += 1) {
      const path = pathOf(file, new Date(time.getTime() + later));
      try {
        await put(path);
        return path;
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      }
    }
  };

  const write = async (file: string, pieces: readonly Buffer[], time: Date): Promise<string> => {
    await makeDurableFolder(disk, folder);
    let path = pathOf(file, time);
    await writeAside(disk, path, pieces, async (temporary) => {
      path = await place(file, time, (free) => disk.renameNew(temporary, free));
    });
    await disk.syncFolder(folder);
    return path;
  };

  const list: RejectedTexts['list'] = async () =>
    (await disk.list(folder)).toSorted().flatMap((name) => {
      const [, time = '', file = ''] = NAME.exec(name) ?? [];
      if (file === '') return [];
      const iso = time.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:');
      return [{ file: fileOfFlatName(file), path: join(folder, name), time: iso }];
    });

  return {
    move: async (file, path, time) => {
      let kept = '';
      const move = async (): Promise<void> => {
        kept = await place(file, time, (free) => disk.renameNew(path, free));
      };
      if (await moved(disk, path, move)) return kept;
      kept = await write(file, [await disk.read(path)], time);
      await disk.remove(path);
      return kept;
    },
    write: (file, content, time) => write(file, content.pieces(), time),
    list,
    prune: async ({ keep, maxBytes }, now) => {
      const newestFirst = (await list()).toReversed();
      let bytes = 0;
      let kept = 0;
      for (const { path } of newestFirst) {
        bytes += (await disk.stat(path))?.size ?? 0;
        if (kept === keep || bytes > maxBytes) break;
        kept += 1;
      }
      const excess = newestFirst.slice(kept);
      if (excess.length === 0) return;
      const monthAgo = (await now()).getTime() - MONTH_MS;
      for (const { path, time } of excess) {
        if (Date.parse(time) < monthAgo) await disk.remove(path);
      }
    },
  };
}
