import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessMissing } from '@berth/config';

const OTHERS_ENTER = 0o001;
const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;

/** What everybody on the machine may do with the files. */
export interface Exposed {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

/**
 * Looks for files of a configuration that everybody on the machine can read or change.
 *
 * @param keyFile of its certificate, where it has one
 */
export async function exposedFiles(
  directory: string,
  keyFile: string | undefined,
): Promise<Exposed> {
  const readable: string[] = [];
  const writable: string[] = [];
  const look = async (path: string): Promise<void> => {
    const mode = await openMode(path);
    if ((mode & OTHERS_READ) !== 0) readable.push(path);
    if ((mode & OTHERS_WRITE) !== 0) writable.push(path);
  };
  for (const folder of [directory, join(directory, 'users'), join(directory, 'history')]) {
    const mode = await openMode(folder);
    if ((mode & OTHERS_ENTER) !== 0 && (mode & OTHERS_WRITE) !== 0) writable.push(folder);
    for (const name of (await unlessHidden(readdir(folder))) ?? []) {
      if (/\.(yaml|json|gz)$/.test(name)) await look(join(folder, name));
    }
  }
  if (keyFile !== undefined) await look(keyFile);
  return { readable, writable };
}

/** What everybody may do with what a path leads to: nothing where a folder that it is in is closed. */
async function openMode(path: string): Promise<number> {
  const mode = await modeOf(path);
  if ((mode & (OTHERS_READ | OTHERS_WRITE)) === 0) return 0;
  let at = await unlessHidden(realpath(path));
  while (at !== undefined && at !== dirname(at)) {
    at = dirname(at);
    if (((await modeOf(at)) & OTHERS_ENTER) === 0) return 0;
  }
  return mode;
}

/** No mode at all where there is nothing, as behind a link that leads nowhere. */
const modeOf = async (path: string): Promise<number> => (await unlessHidden(stat(path)))?.mode ?? 0;

/** What is not where it should be, or closed to who asks, is for who loads the files to judge. */
const unlessHidden = <T>(found: Promise<T>): Promise<T | undefined> =>
  unlessMissing(found, 'EACCES', 'ENOTDIR', 'ELOOP');
