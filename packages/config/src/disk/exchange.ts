import { dlopen } from 'node:ffi';
import { link, rename, rm, unlink } from 'node:fs/promises';
import { plainDisk, type Disk } from './disk.ts';

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;
const RENAME_EXCHANGE = 2;

/** Node has no renameat2 of its own; libc is already in the process. */
const { functions: libc } = dlopen(null, {
  renameat2: { arguments: ['i32', 'string', 'i32', 'string', 'u32'], return: 'i32' },
});

const renameAtOnce = (from: string, to: string, flags: number): boolean =>
  libc.renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) === 0;

/** Where a file system that cannot exchange has the old file for a moment. */
export const asideOf = (path: string): string => `${path}.aside`;

/**
 * The disk of the machine.
 *
 * @param tryRename is renameat2(2), and returns false where the file system cannot do that, or the
 *   call fails. What is done instead also tells why.
 */
export function createDisk(tryRename = renameAtOnce): Disk {
  return {
    ...plainDisk,
    renameNew: async (from, to) => {
      if (tryRename(from, to, RENAME_NOREPLACE)) return;
      await link(from, to);
      await unlink(from).catch(async (error: unknown) => {
        await unlink(to);
        throw error;
      });
    },
    exchange: async (one, other) => {
      if (tryRename(one, other, RENAME_EXCHANGE)) return;
      // NFS and some others cannot. What somebody who holds no lock puts at `other` between these
      // steps is lost.
      const aside = asideOf(one);
      await link(other, aside);
      try {
        await rename(one, other);
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
      await rename(aside, one);
    },
  };
}
