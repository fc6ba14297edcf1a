import type { Disk, NewFile } from '../../disk/disk.ts';

/** One thing that the store does to a disk. */
export interface Operation {
  /** From 1, since the disk was made. */
  readonly number: number;
  readonly name: keyof Disk | keyof NewFile;
  readonly path: string;
}

/** Does something before an operation; on a rejection the operation does not come about. */
export type Intercept = (operation: Operation) => Promise<void>;

/** Does everything on another disk, and asks first. Of a write that is refused the first half comes about. */
export function interceptDisk(disk: Disk, intercept: Intercept): Disk {
  let count = 0;
  const ask = (name: Operation['name'], path: string): Promise<void> => {
    count += 1;
    return intercept({ number: count, name, path });
  };
  const file = (path: string, inner: NewFile): NewFile => ({
    write: async (pieces) => {
      try {
        await ask('write', path);
      } catch (error) {
        const whole = Buffer.concat(pieces);
        await inner.write([whole.subarray(0, whole.length / 2)]);
        throw error;
      }
      await inner.write(pieces);
    },
    size: () => ask('size', path).then(() => inner.size()),
    setMode: (mode) => ask('setMode', path).then(() => inner.setMode(mode)),
    setOwner: (uid, gid) => ask('setOwner', path).then(() => inner.setOwner(uid, gid)),
    setModified: (seconds) => ask('setModified', path).then(() => inner.setModified(seconds)),
    sync: () => ask('sync', path).then(() => inner.sync()),
    close: async () => {
      try {
        await ask('close', path);
      } finally {
        // Whatever fails, the test's own process must not run out of descriptors.
        await inner.close();
      }
    },
  });
  return {
    stat: (path) => ask('stat', path).then(() => disk.stat(path)),
    read: (path) => ask('read', path).then(() => disk.read(path)),
    list: (path) => ask('list', path).then(() => disk.list(path)),
    readLink: (path) => ask('readLink', path).then(() => disk.readLink(path)),
    resolve: (path) => ask('resolve', path).then(() => disk.resolve(path)),
    makeFolder: (path) => ask('makeFolder', path).then(() => disk.makeFolder(path)),
    create: (path) =>
      ask('create', path)
        .then(() => disk.create(path))
        .then((inner) => file(path, inner)),
    rename: (from, to) => ask('rename', from).then(() => disk.rename(from, to)),
    renameNew: (from, to) => ask('renameNew', from).then(() => disk.renameNew(from, to)),
    exchange: (one, other) => ask('exchange', other).then(() => disk.exchange(one, other)),
    remove: (path) => ask('remove', path).then(() => disk.remove(path)),
    removeFolder: (path) => ask('removeFolder', path).then(() => disk.removeFolder(path)),
    syncFile: (path) => ask('syncFile', path).then(() => disk.syncFile(path)),
    syncFolder: (path) => ask('syncFolder', path).then(() => disk.syncFolder(path)),
  };
}
