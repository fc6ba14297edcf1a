import { join } from 'node:path';
import { hasCode, type Disk } from '../disk/disk.ts';
import { writeNewFile } from '../disk/write-file.ts';
import { contentOf, type Content } from '../store/content.ts';
import { applyToPieces } from './delta.ts';
import {
  parseRecord,
  recordName,
  recordNames,
  type FileChange,
  type HistoryRecord,
} from './record.ts';

/** A person's text that could not be taken up, and was kept. */
export interface RejectedText {
  readonly file: string;
  readonly path: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
}

/**
 * What changed in the configuration, a file for each change: who, when, and the bytes that went and
 * came. `last/` holds a whole copy of every file, of its newest recorded version or of one from which
 * the kept records lead there, so that the newest can be had also when the file itself is damaged.
 *
 * Every function but `numbers`, `read` and `rejected` is called under the folder's lock.
 */
export interface History {
  readonly folder: string;
  /** Oldest first. Does not tell of a pending one. */
  numbers(): Promise<number[]>;
  read(number: number): Promise<HistoryRecord>;
  /** The record that was written ahead of files which may not all stand. */
  pending(): Promise<HistoryRecord | undefined>;
  /** Writes a record ahead of its files; `settle` follows when they stand, or `drop`. */
  announce(record: HistoryRecord): Promise<void>;
  settle(record: HistoryRecord): Promise<void>;
  drop(record: HistoryRecord): Promise<void>;
  /** Writes a record of files that stand already. */
  add(record: HistoryRecord): Promise<void>;
  /** Removes the oldest records until no more than `keep` with `maxBytes` are left, and at least one. */
  prune(bounds: { readonly keep: number; readonly maxBytes: number }): Promise<void>;
  /** Takes the file at `path` as the whole copy of `file`. */
  keepCopy(file: string, path: string): Promise<void>;
  writeCopy(file: string, content: Content): Promise<void>;
  copy(file: string): Promise<Content | undefined>;
  /** The files that there are whole copies of. */
  copied(): Promise<string[]>;
  /** The newest recorded content of a file, of which this is the digest. Undefined where it is lost. */
  recover(file: string, digest: string): Promise<Content | undefined>;
  /** Moves a person's text that was not taken up to where they find it. Returns its new path. */
  reject(file: string, path: string, time: Date): Promise<string>;
  /** Writes such a text. Returns its path. */
  keepRejected(file: string, content: Content, time: Date): Promise<string>;
  /** Such texts, oldest first. */
  rejected(): Promise<RejectedText[]>;
}

export function createHistory(directory: string, disk: Disk): History {
  const folder = join(directory, 'history');
  const pathOf = (name: string): string => join(folder, name);
  const copyOf = (file: string): string => join(folder, 'last', file.replace('/', '-'));
  const rejectedPath = (file: string, time: Date): string =>
    pathOf(`rejected-${time.toISOString().replaceAll(':', '-')}-${file.replace('/', '-')}`);
  const names = async (): Promise<ReturnType<typeof recordNames>> =>
    recordNames(await disk.list(folder));
  const readRecord = async (name: string): Promise<HistoryRecord> =>
    parseRecord(pathOf(name), (await disk.read(pathOf(name))).toString());

  /** A record never changes, and there may be a thousand of them. */
  const sizes = new Map<string, number>();
  const sizeOf = async (name: string): Promise<number> => {
    const size = sizes.get(name) ?? (await disk.stat(pathOf(name)))?.size ?? 0;
    sizes.set(name, size);
    return size;
  };

  const write = async (name: string, record: HistoryRecord): Promise<void> => {
    await disk.makeFolder(folder);
    const path = pathOf(name);
    const temporary = pathOf(`.${name}.new`);
    // Left by a process that was killed: a record without its name never came about.
    await disk.remove(temporary);
    await writeNewFile(disk, temporary, [Buffer.from(`${JSON.stringify(record)}\n`)], undefined);
    await disk.rename(temporary, path);
    await disk.syncFolder(folder);
  };

  const readCopy = async (file: string): Promise<Content | undefined> => {
    const path = copyOf(file);
    if ((await disk.stat(path)) === undefined) return undefined;
    return contentOf(file, await disk.read(path));
  };

  const changesOf = async (file: string): Promise<FileChange[]> => {
    const changes: FileChange[] = [];
    for (const { name } of await names()) {
      const { files } = await readRecord(name);
      changes.push(...files.filter((change) => change.file === file));
    }
    return changes;
  };

  const isTouchedBy = async (file: string, newestFirst: readonly string[]): Promise<boolean> => {
    for (const name of newestFirst) {
      if ((await readRecord(name)).files.some((change) => change.file === file)) return true;
    }
    return false;
  };

  /** Before a record goes: copies that only it leads on from become what it made of them. */
  const carryCopies = async (name: string, newer: readonly string[]): Promise<void> => {
    for (const { file, before, after, splices } of (await readRecord(name)).files) {
      if (await isTouchedBy(file, newer)) continue;
      if (after === null) {
        await disk.remove(copyOf(file));
        continue;
      }
      const copy = await readCopy(file);
      if (splices === null || copy === undefined || copy.digest !== before) continue;
      await replaceCopy(disk, copyOf(file), applyToPieces(copy.pieces(), splices));
    }
  };

  return {
    folder,
    numbers: async () =>
      (await names()).filter(({ isPending }) => !isPending).map(({ number }) => number),
    read: (number) => readRecord(recordName(number)),
    pending: async () => {
      const last = (await names()).at(-1);
      return last?.isPending === true ? readRecord(last.name) : undefined;
    },
    announce: (record) => write(recordName(record.number, true), record),
    settle: (record) =>
      disk.rename(pathOf(recordName(record.number, true)), pathOf(recordName(record.number))),
    drop: (record) => disk.remove(pathOf(recordName(record.number, true))),
    add: (record) => write(recordName(record.number), record),

    prune: async ({ keep, maxBytes }) => {
      const records = (await names()).toReversed();
      let bytes = 0;
      let kept = 0;
      for (const { name } of records) {
        bytes += await sizeOf(name);
        if (kept > 0 && (kept === keep || bytes > maxBytes)) break;
        kept += 1;
      }
      for (let index = records.length - 1; index >= kept; index -= 1) {
        const { name = '' } = records[index] ?? {};
        await carryCopies(
          name,
          records.slice(0, index).map((newer) => newer.name),
        );
        await disk.remove(pathOf(name));
      }
    },

    keepCopy: async (file, path) => {
      await disk.makeFolder(join(folder, 'last'));
      try {
        await disk.rename(path, copyOf(file));
      } catch (error) {
        // The file is a link to another file system.
        if (!hasCode(error, 'EXDEV')) throw error;
        await replaceCopy(disk, copyOf(file), [await disk.read(path)]);
        await disk.remove(path);
      }
    },
    writeCopy: async (file, content) => {
      await disk.makeFolder(join(folder, 'last'));
      await replaceCopy(disk, copyOf(file), content.pieces());
    },

    copy: readCopy,
    copied: async () =>
      (await disk.list(join(folder, 'last'))).filter(isYaml).map(nameOfCopiedFile),
    recover: async (file, digest) => {
      let content = await readCopy(file);
      if (content?.digest === digest) return content;
      for (const { before, after, splices } of await changesOf(file)) {
        if (before !== (content?.digest ?? null) || splices === null) continue;
        const bytes = Buffer.concat(applyToPieces(content?.pieces() ?? [], splices));
        content = after === null ? undefined : contentOf(file, bytes, content);
        if (content?.digest === digest) return content;
      }
      return undefined;
    },

    reject: async (file, path, time) => {
      await disk.makeFolder(folder);
      await disk.rename(path, rejectedPath(file, time));
      return rejectedPath(file, time);
    },
    keepRejected: async (file, content, time) => {
      const path = rejectedPath(file, time);
      await replaceCopy(disk, path, content.pieces());
      return path;
    },
    rejected: async () =>
      (await disk.list(folder)).toSorted().flatMap((name) => {
        const [, time = '', file = ''] = REJECTED.exec(name) ?? [];
        if (file === '') return [];
        const iso = time.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:');
        return [{ file: nameOfCopiedFile(file), path: pathOf(name), time: iso }];
      }),
  };
}

const REJECTED = /^rejected-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z)-(.+\.yaml)$/;

const isYaml = (name: string): boolean => name.endsWith('.yaml');

/** In the history a user's own file bears the name of its folder too. */
const nameOfCopiedFile = (name: string): string => name.replace(/^users-/, 'users/');

/** Copies are replaced under the lock, so the name of the temporary file is free. */
async function replaceCopy(disk: Disk, path: string, pieces: readonly Buffer[]): Promise<void> {
  const temporary = `${path}.new`;
  await disk.remove(temporary);
  await writeNewFile(disk, temporary, pieces, undefined);
  await disk.rename(temporary, path);
}
