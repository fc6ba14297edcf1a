import { join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { makeDurableFolder } from '../disk/make-folder.ts';
import {
  parseRecord,
  recordName,
  recordNames,
  type HistoryRecord,
  type RecordName,
} from './record.ts';
import { writeAside } from './write-aside.ts';

/** The files of the records. Of a settled one what was read once holds: it never changes. */
export interface Records {
  /** Oldest first, with the pending one. */
  names(): Promise<RecordName[]>;
  read(record: Pick<RecordName, 'number' | 'isPending'>): Promise<HistoryRecord>;
  /** In bytes. */
  size(record: RecordName): Promise<number>;
  write(record: HistoryRecord, isPending: boolean): Promise<void>;
  settle(record: HistoryRecord): Promise<void>;
  remove(record: Pick<RecordName, 'number' | 'isPending'>): Promise<void>;
}

/**
 * So many small records are kept in memory: each save by hand is compared with what was before each of
 * the newest ones.
 */
const MOST_KEPT = 256;
const LARGEST_KEPT_BYTES = 64 * 1024;

export function createRecords(folder: string, disk: Disk): Records {
  const pathOf = (number: number, isPending: boolean): string =>
    join(folder, recordName(number, isPending));
  const kept = new Map<number, HistoryRecord>();
  const sizes = new Map<number, number>();

  return {
    names: async () => recordNames(await disk.list(folder)),
    read: async ({ number, isPending }) => {
      const known = isPending ? undefined : kept.get(number);
      if (known !== undefined) return known;
      const path = pathOf(number, isPending);
      const bytes = await disk.read(path);
      const record = parseRecord(path, bytes.toString());
      if (!isPending && bytes.length <= LARGEST_KEPT_BYTES) {
        for (const oldest of kept.keys()) {
          if (kept.size < MOST_KEPT) break;
          kept.delete(oldest);
        }
        kept.set(number, record);
      }
      return record;
    },
    size: async ({ number, isPending }) => {
      const known = isPending ? undefined : sizes.get(number);
      const size = known ?? (await disk.stat(pathOf(number, isPending)))?.size ?? 0;
      if (!isPending) sizes.set(number, size);
      return size;
    },
    write: async (record, isPending) => {
      await makeDurableFolder(disk, folder);
      const path = pathOf(record.number, isPending);
      const text = Buffer.from(`${JSON.stringify(record)}\n`);
      await writeAside(disk, path, [text], (temporary) => disk.rename(temporary, path));
      await disk.syncFolder(folder);
    },
    settle: ({ number }) => disk.rename(pathOf(number, true), pathOf(number, false)),
    remove: async ({ number, isPending }) => {
      await disk.remove(pathOf(number, isPending));
      kept.delete(number);
      sizes.delete(number);
    },
  };
}
