import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unlessMissing } from '../../missing.ts';

const OTHERS_ENTER = 0o001;
const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;

/** What everybody on the machine may do with the files. */
export interface Exposed {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
}

/** Looks for files of a configuration that everybody on the machine can read or change. */
export async function exposedFiles(directory: string): Promise<Exposed> {
  const readable: string[] = [];
  const writable: string[] = [];
  for (const folder of [directory, join(directory, 'users'), join(directory, 'history')]) {
    if (!(await isOpen(folder))) continue;
    if (((await modeOf(folder)) & OTHERS_WRITE) !== 0) writable.push(folder);
    for (const name of await readdir(folder)) {
      if (!/\.(yaml|json|gz)$/.test(name)) continue;
      const path = join(folder, name);
      const mode = await modeOf(path);
      if ((mode & OTHERS_READ) !== 0) readable.push(path);
      if ((mode & OTHERS_WRITE) !== 0) writable.push(path);
    }
  }
  return { readable, writable };
}

/** Whether everybody gets to what is in a folder: past each of those that it is in. */
async function isOpen(folder: string): Promise<boolean> {
  const path = await unlessMissing(realpath(folder));
  if (path === undefined) return false;
  for (let at = path; ; at = dirname(at)) {
    if (((await modeOf(at)) & OTHERS_ENTER) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** No mode at all where there is nothing, as behind a link that leads nowhere. */
const modeOf = async (path: string): Promise<number> =>
  (await unlessMissing(stat(path)))?.mode ?? 0;
