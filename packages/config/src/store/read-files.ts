import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { unlessMissing } from '../disk/code.ts';
import type { Disk, Stamp } from '../disk/disk.ts';
import { contentOf, type Content } from './content.ts';

/** A file as it was read. */
export interface Seen {
  readonly content: Content;
  readonly stamp: Stamp;
  /** Whether every later write shows in the stamp. */
  readonly isTelling: boolean;
}

/** Main files stand in the folder itself; each may be a link. */
export const MAIN_FILES = ['main.yaml', 'containers.yaml', 'users.yaml'] as const;

/** In `users/`. What editors keep beside a file has another name. */
export const isOwnFileName = (name: string): boolean =>
  !name.startsWith('.') && name.endsWith('.yaml');

/** The kernel's clock ticks every 1 to 10 ms: two writes in one tick leave the same time. */
const TICK_MS = 20;

export interface FileReader {
  /** The files that there are, as paths below the folder. */
  list(): Promise<string[]>;
  /**
   * The file as it is now, undefined where there is none. What `known` has is not read again. Throws
   * `config_invalid` for a link that leads to no file, for what is no plain file, and for one that is too
   * large: what is to stand there is not known.
   */
  read(file: string, known: Seen | undefined): Promise<Seen | undefined>;
}

/** Many times as much as 100,000 users need. What is larger got there by mistake. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/** A file that changes while it is read is read again so many times. */
const MOST_TRIES = 20;

export function createFileReader(directory: string, disk: Disk): FileReader {
  return {
    list: async () => {
      const names = await disk.list(join(directory, 'users'));
      return [...MAIN_FILES, ...names.filter(isOwnFileName).map((name) => `users/${name}`)];
    },
    read: async (file, known) => {
      const path = join(directory, file);
      for (let tries = 1; ; tries += 1) {
        const stamp = await disk.stat(path);
        if (stamp === undefined) {
          const target = await disk.readLink(path);
          if (target === undefined) return undefined;
          if (tries < MOST_TRIES) continue;
          throw leadsNowhere(file, path, target);
        }
        refuseStrange(file, path, stamp);
        if (known?.isTelling === true && isSameVersion(stamp, known.stamp)) return known;
        const readAt = Date.now();
        const bytes = await unlessMissing(disk.read(path));
        const after = await disk.stat(path);
        // Somebody writes to it at this moment, or takes it away.
        if (bytes === undefined || after === undefined) continue;
        const isStill = isSameVersion(stamp, after);
        // Who never ends writing is not waited for: what was read is judged, and looked at again.
        if (!isStill && tries < MOST_TRIES) continue;
        const content = contentOf(file, bytes, known?.content);
        const isTelling = isStill && Number(stamp.modified / 1_000_000n) < readAt - TICK_MS;
        const isSame = content.digest === known?.content.digest;
        return { content: isSame ? known.content : content, stamp, isTelling };
      }
    },
  };
}

function leadsNowhere(file: string, path: string, target: string): Problem {
  return new Problem(
    'config_invalid',
    `${path} is a link to ${target}, where there is no file. Put one there, or remove the link.`,
    { details: { missing: file } },
  );
}

/** Throws for what is not to be opened. */
function refuseStrange(file: string, path: string, { kind, size }: Stamp): void {
  if (kind === 'folder') throw strange(file, path, 'is a folder, not a file.');
  if (kind === 'other') throw strange(file, path, 'is a pipe, a socket or a device, not a file.');
  if (size <= LARGEST_BYTES) return;
  throw strange(file, path, 'is larger than 256 MiB, which no configuration is.');
}

function strange(file: string, path: string, what: string): Problem {
  const message = `${what} Move it away: mv ${path} ${path}.moved`;
  return new Problem('config_invalid', `${path} ${message}`, {
    details: { issues: [{ file, line: 1, column: 1, message }] },
  });
}

export function isSameVersion(one: Stamp, other: Stamp): boolean {
  return one.inode === other.inode && one.size === other.size && one.modified === other.modified;
}
