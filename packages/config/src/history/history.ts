import { join } from 'node:path';
import type { Disk, Stamp } from '../disk/disk.ts';
import { contentOf, type Content } from '../store/content.ts';
import { createCopies } from './copies.ts';
import { applyToPieces } from './delta.ts';
import { createRejectedTexts, type Bounds, type RejectedText } from './rejected.ts';
import type { RecordName, FileChange, HistoryRecord } from './record.ts';
import { createRecords } from './records.ts';
import { isWrittenAside } from './write-aside.ts';

/**
 * What changed in the configuration, a file for each change: who, when, and the bytes that went and
 * came. `last/` holds a whole copy of every file, of its newest recorded version or of one from which
 * the kept records lead there, so that the newest can be had also when the file itself is damaged.
 *
 * What writes is called under the folder's lock. Who reads without it may come upon a record that is
 * just being pruned, and a pending one whose files are just being put in place.
 */
export interface History {
  readonly folder: string;
  /** Oldest first. Does not tell of a pending one. */
  numbers(): Promise<number[]>;
  read(number: number): Promise<HistoryRecord>;
  /** The newest record, the pending one too. */
  newest(): Promise<RecordName | undefined>;
  /** The record that was written ahead of files which may not all stand. */
  pending(): Promise<HistoryRecord | undefined>;
  /** Writes a record ahead of its files; `settle` follows when they stand, or `drop`. */
  announce(record: HistoryRecord): Promise<void>;
  settle(record: HistoryRecord): Promise<void>;
  drop(record: HistoryRecord): Promise<void>;
  /** Writes a record of files that stand already. */
  add(record: HistoryRecord): Promise<void>;
  /**
   * Removes the oldest records until no more than `keep` with `maxBytes` are left, and at least one.
   * The same holds for rejected texts, once people have had their time for them.
   */
  prune(bounds: Bounds): Promise<void>;
  /** Takes the file at `path` as the whole copy of `file`. `stamp` is that of the file as it was read. */
  keepCopy(file: string, path: string, stamp: Stamp): Promise<void>;
  writeCopy(file: string, content: Content): Promise<void>;
  /** The copies that a history begins with. */
  writeCopies(contents: Iterable<readonly [file: string, content: Content]>): Promise<void>;
  copy(file: string): Promise<Content | undefined>;
  /** The files that there are whole copies of. */
  copied(): Promise<string[]>;
  /** The newest recorded content of a file, of which this is the digest. Undefined where it is lost. */
  recover(file: string, digest: string): Promise<Content | undefined>;
  /**
   * Moves away what somebody has written to a copy: who had opened a version before it was replaced
   * writes to it where it is now. Returns its new path; undefined where nobody has. `like` is a content
   * that most of the copy is probably the same as.
   */
  rescueCopy(file: string, time: Date, like?: Content): Promise<string | undefined>;
  /** Removes what a killed process was writing. */
  sweep(): Promise<void>;
  /** Moves a person's text that was not taken up to where they find it. Returns its new path. */
  reject(file: string, path: string, time: Date): Promise<string>;
  /** Writes such a text. Returns its path. */
  keepRejected(file: string, content: Content, time: Date): Promise<string>;
  /** Such texts, oldest first. */
  rejected(): Promise<RejectedText[]>;
}

export function createHistory(directory: string, disk: Disk): History {
  const folder = join(directory, 'history');
  const records = createRecords(folder, disk);
  const copies = createCopies(folder, disk);
  const rejected = createRejectedTexts(folder, disk);

  const changesOf = async (file: string): Promise<FileChange[]> => {
    const changes: FileChange[] = [];
    for (const one of await records.names()) {
      const { files } = await records.read(one);
      changes.push(...files.filter((change) => change.file === file));
    }
    return changes;
  };

  const isRecorded = async (file: string, digest: string): Promise<boolean> => {
    for (const one of (await records.names()).toReversed()) {
      const { files } = await records.read(one);
      const isIt = ({ before, after }: FileChange): boolean => [before, after].includes(digest);
      if (files.some((change) => change.file === file && isIt(change))) return true;
    }
    return false;
  };

  const rescueCopy: History['rescueCopy'] = async (file, time, like) => {
    const path = await copies.writtenTo(file, (digest) => isRecorded(file, digest), like);
    return path === undefined ? undefined : rejected.move(file, path, time);
  };

  /** The newest record of each file. Records never change, so each is read once. */
  const newestOf = new Map<string, number>();
  let learnt = 0;
  const learnNewest = async (oldestFirst: readonly RecordName[]): Promise<void> => {
    for (const one of oldestFirst) {
      if (one.number <= learnt || one.isPending) continue;
      for (const { file } of (await records.read(one)).files) newestOf.set(file, one.number);
      learnt = one.number;
    }
  };

  /** Before a record goes: copies that only it leads on from become what it made of them. */
  const carryCopies = async (record: HistoryRecord): Promise<void> => {
    for (const { file, before, after, splices } of record.files) {
      if ((newestOf.get(file) ?? 0) > record.number) continue;
      if (after === null) {
        // Who had the file open when it was removed may have written to it since.
        await rescueCopy(file, new Date(record.time));
        await copies.remove(file);
        continue;
      }
      if (splices === null) continue;
      const copy = await copies.read(file);
      if (copy === undefined || copy.digest !== before) continue;
      await copies.write(file, applyToPieces(copy.pieces(), splices));
    }
  };

  return {
    folder,
    numbers: async () =>
      (await records.names()).filter(({ isPending }) => !isPending).map(({ number }) => number),
    newest: async () => (await records.names()).at(-1),
    read: (number) => records.read({ number, isPending: false }),
    pending: async () => {
      const last = (await records.names()).at(-1);
      return last?.isPending === true ? records.read(last) : undefined;
    },
    announce: (record) => records.write(record, true),
    settle: records.settle,
    drop: ({ number }) => records.remove({ number, isPending: true }),
    add: (record) => records.write(record, false),

    prune: async (bounds) => {
      const { keep, maxBytes } = bounds;
      const newestFirst = (await records.names()).toReversed();
      const [newest] = newestFirst;
      if (newest === undefined) return;
      await rejected.prune(bounds, async () => new Date((await records.read(newest)).time));
      let bytes = 0;
      let kept = 0;
      for (const one of newestFirst) {
        bytes += await records.size(one);
        if (kept > 0 && (kept === keep || bytes > maxBytes)) break;
        kept += 1;
      }
      const excess = newestFirst.slice(kept).toReversed();
      if (excess.length > 0) await learnNewest(newestFirst.toReversed());
      for (const one of excess) {
        await carryCopies(await records.read(one));
        await records.remove(one);
      }
    },

    keepCopy: copies.keep,
    writeCopy: (file, content) => copies.write(file, content.pieces()),
    writeCopies: copies.writeAll,
    copy: copies.read,
    copied: copies.files,
    recover: async (file, digest) => {
      let content = await copies.read(file);
      if (content?.digest === digest) return content;
      for (const { before, after, splices } of await changesOf(file)) {
        if (before !== (content?.digest ?? null) || splices === null) continue;
        const bytes = Buffer.concat(applyToPieces(content?.pieces() ?? [], splices));
        content = after === null ? undefined : contentOf(file, bytes, content);
        if (content?.digest === digest) return content;
      }
      return undefined;
    },

    rescueCopy,
    sweep: async () => {
      for (const place of [folder, copies.folder]) {
        const left = (await disk.list(place)).filter(isWrittenAside);
        for (const name of left) await disk.remove(join(place, name));
      }
    },

    reject: rejected.move,
    keepRejected: rejected.write,
    rejected: rejected.list,
  };
}
