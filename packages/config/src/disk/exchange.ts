import { dlopen } from 'node:ffi';
import { link, rename } from 'node:fs/promises';
import { plainDisk, type Disk } from './disk.ts';

const AT_FDCWD = -100;
const RENAME_EXCHANGE = 2;

/** Node has no renameat2 of its own; libc is already in the process. */
const { functions: libc } = dlopen(null, {
  renameat2: { arguments: ['i32', 'string', 'i32', 'string', 'u32'], return: 'i32' },
});

const exchangeAtOnce = (one: string, other: string): boolean =>
  libc.renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) === 0;

/** Where a file system that cannot exchange has the old file for a moment. */
export const asideOf = (path: string): string => `${path}.aside`;

/**
 * The disk of the machine.
 *
 * @param tryExchange swaps two files, or returns false where the file system cannot
 */
export function createDisk(tryExchange = exchangeAtOnce): Disk {
  return {
    ...plainDisk,
    exchange: async (one, other) => {
      if (tryExchange(one, other)) return;
      // NFS and some others cannot. What somebody who holds no lock puts at `other` between these
      // steps is lost. A failure here also tells why, which the call above does not.
      const aside = asideOf(one);
      await link(other, aside);
      await rename(one, other);
      await rename(aside, one);
    },
  };
}
