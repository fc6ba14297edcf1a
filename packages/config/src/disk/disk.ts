import { constants, type BigIntStats } from 'node:fs';
import {
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode, unlessMissing } from './code.ts';
import { giveToOwnerOf, makeFolder } from './owner.ts';

/** What tells one version of a file from another without reading it, and what a new version keeps. */
export interface Stamp {
  /** `other`: a pipe, a socket or a device, which may never end, or change something when it is opened. */
  readonly kind: 'file' | 'folder' | 'other';
  readonly inode: bigint;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly modified: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A new file that is being written. */
export interface NewFile {
  /** Writes all of it: a disk that took only a part is asked again, until it takes the rest or fails. */
  write(pieces: readonly Buffer[]): Promise<void>;
  size(): Promise<number>;
  setMode(mode: number): Promise<void>;
  setOwner(uid: number, gid: number): Promise<void>;
  /** @param seconds since 1970, with fractions */
  setModified(seconds: number): Promise<void>;
  /** Returns when the bytes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * All that the store does to a disk, one operation of the file system each: so that a test can make
 * the first, the second, the n-th of them fail. Failures are Node's errors with their `code`.
 */
export interface Disk {
  /** Undefined where there is nothing, also at the end of links. */
  stat(path: string): Promise<Stamp | undefined>;
  read(path: string): Promise<Buffer>;
  /** Names in a folder; none where there is no folder. */
  list(path: string): Promise<string[]>;
  /** What a symbolic link says; undefined where there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** The file that symbolic links lead to; the path itself where there is nothing yet. */
  resolve(path: string): Promise<string>;
  makeFolder(path: string): Promise<void>;
  /** Fails with EEXIST where there is one. Only its owner may read it until its mode is set. */
  create(path: string): Promise<NewFile>;
  rename(from: string, to: string): Promise<void>;
  /** Like `rename`, but fails with EEXIST rather than replacing anything. */
  renameNew(from: string, to: string): Promise<void>;
  /** Swaps two files at one moment: nothing that stood at either path can get lost. */
  exchange(one: string, other: string): Promise<void>;
  /** Succeeds where there is nothing. */
  remove(path: string): Promise<void>;
  /** Whether the folder is gone now, or was before; false for one that is not empty, which stays. */
  removeFolder(path: string): Promise<boolean>;
  /** Makes durable what stands in a file that was written without `create`. */
  syncFile(path: string): Promise<void>;
  /** Makes durable which names stand in a folder. */
  syncFolder(path: string): Promise<void>;
}

/** The disk of the machine, but for what Node does not have: see exchange.ts. */
export const plainDisk: Omit<Disk, 'exchange' | 'renameNew'> = {
  stat: async (path) => {
    const found = await unlessMissing(stat(path, { bigint: true }), 'ELOOP');
    if (found === undefined) return undefined;
    return {
      kind: kindOf(found),
      inode: found.ino,
      size: Number(found.size),
      modified: found.mtimeNs,
      mode: Number(found.mode) & 0o7777,
      uid: Number(found.uid),
      gid: Number(found.gid),
    };
  },
  // Non-blocking: a pipe without a writer would not open otherwise.
  read: (path) => readFile(path, { flag: constants.O_RDONLY | constants.O_NONBLOCK }),
  list: async (path) => (await unlessMissing(readdir(path))) ?? [],
  readLink: (path) => unlessMissing(readlink(path), 'EINVAL'),
  resolve: async (path) => (await unlessMissing(realpath(path))) ?? path,
  makeFolder,
  create: async (path) => {
    const handle = await open(path, 'wx', 0o600);
    try {
      await giveToOwnerOf(dirname(path), (uid, gid) => handle.chown(uid, gid));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return newFile(handle);
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  removeFolder,
  syncFile: sync,
  syncFolder: sync,
};

async function removeFolder(path: string): Promise<boolean> {
  try {
    await unlessMissing(rmdir(path));
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY')) return false;
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function kindOf(found: BigIntStats): Stamp['kind'] {
  if (found.isFile()) return 'file';
  return found.isDirectory() ? 'folder' : 'other';
}

function newFile(handle: FileHandle): NewFile {
  return {
    write: async (pieces) => {
      for (let rest = [...pieces]; rest.length > 0;) {
        const { bytesWritten } = await handle.writev(rest);
        rest = after(rest, bytesWritten);
      }
    },
    size: async () => (await handle.stat()).size,
    setMode: (mode) => handle.chmod(mode),
    setOwner: (uid, gid) => handle.chown(uid, gid),
    setModified: (seconds) => handle.utimes(seconds, seconds),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** What remains of the pieces behind their first bytes. */
function after(pieces: readonly Buffer[], count: number): Buffer[] {
  let skipped = 0;
  let left = count;
  for (const { length } of pieces) {
    if (length > left) break;
    left -= length;
    skipped += 1;
  }
  const [first, ...rest] = pieces.slice(skipped);
  return first === undefined ? [] : [first.subarray(left), ...rest];
}
