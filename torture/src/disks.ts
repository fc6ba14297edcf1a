import type { createDisk } from '@berth/config/disk';

type Disk = ReturnType<typeof createDisk>;

/** An fsync that can be taken out: of what is in a file, or of which names are in a folder. */
export interface Loss {
  readonly of: 'bytes' | 'names';
  readonly where: 'configuration' | 'history';
}

/** A disk that claims that something is durable, and it is not. */
export function lossy(disk: Disk, loss: Loss): Disk {
  const isLost = (of: Loss['of'], path: string): boolean =>
    of === loss.of && (loss.where === 'history') === /\/history(\/|$)/.test(path);
  return {
    ...disk,
    create: async (path) => {
      const file = await disk.create(path);
      return isLost('bytes', path) ? { ...file, sync: () => Promise.resolve() } : file;
    },
    syncFolder: async (path) => {
      if (!isLost('names', path)) await disk.syncFolder(path);
    },
  };
}

/** A disk whose process can be made to die, by SIGKILL, before any operation. */
export function deadly(disk: Disk): { readonly disk: Disk; dieAt(operation: number): void } {
  let left = Infinity;
  const counted = <A extends unknown[], R>(operate: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
      return operate(...args);
    };
  };
  return {
    dieAt: (operation) => {
      left = operation;
    },
    disk: {
      stat: counted(disk.stat),
      read: counted(disk.read),
      list: counted(disk.list),
      readLink: counted(disk.readLink),
      resolve: counted(disk.resolve),
      makeFolder: counted(disk.makeFolder),
      create: counted(async (path) => {
        const file = await disk.create(path);
        return {
          ...file,
          write: counted(file.write),
          setMode: counted(file.setMode),
          setOwner: counted(file.setOwner),
          setModified: counted(file.setModified),
          sync: counted(file.sync),
          close: counted(file.close),
        };
      }),
      rename: counted(disk.rename),
      renameNew: counted(disk.renameNew),
      exchange: counted(disk.exchange),
      remove: counted(disk.remove),
      removeFolder: counted(disk.removeFolder),
      syncFile: counted(disk.syncFile),
      syncFolder: counted(disk.syncFolder),
    },
  };
}
