import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isOwnFileName, MAIN_FILES } from '../store/read-files.ts';
import { wayTo, type Way } from './way.ts';

/** Where the files of a configuration are, as far as it was looked at: each may be a link, and so may folders. */
export interface Ways {
  /** Looks where these files are now. */
  find(files: ReadonlySet<string> | 'all'): Promise<void>;
  /** Every folder in which a change can concern a file; the outer ones first. */
  folders(): Set<string>;
  /** Of these, the ones that files lie in. */
  places(): Set<string>;
  /** The files that a change of this name in this folder concerns; `all` where it leads to others. */
  concerned(folder: string, name: string): readonly string[] | 'all';
}

export function createWays(directory: string): Ways {
  const root = resolve(directory);
  /** To all main files, and to own files that are links. */
  const ways = new Map<string, Way>();
  let toUsers: Way = { passed: [], end: '' };
  let passed: ReadonlySet<string> = new Set();
  let filesAt: ReadonlyMap<string, readonly string[]> = new Map();

  /** Own files are many: of those that are no links their folder tells. */
  const isPlain = (file: string, { end }: Way): boolean =>
    !isMain.has(file) && end === join(toUsers.end, basename(file));

  const findOne = async (file: string): Promise<void> => {
    const way = await wayTo(join(root, file));
    if (isPlain(file, way)) ways.delete(file);
    else ways.set(file, way);
  };

  return {
    find: async (files) => {
      if (files === 'all') {
        ways.clear();
        toUsers = await wayTo(join(root, 'users'));
      }
      const all = files === 'all' ? [...MAIN_FILES, ...(await linksIn(toUsers.end))] : files;
      for (const file of all) await findOne(file);
      const every = [toUsers, ...ways.values()];
      passed = new Set([...every.flatMap((way) => way.passed), toUsers.end]);
      const ends = Map.groupBy(ways, ([, { end }]) => end);
      filesAt = new Map([...ends].map(([end, ones]) => [end, ones.map(([file]) => file)]));
    },
    folders: () => new Set([...[...passed, ...filesAt.keys()].map(dirname), toUsers.end]),
    places: () => new Set([...[...filesAt.keys()].map(dirname), toUsers.end]),
    concerned: (folder, name) => {
      const path = join(folder, name);
      if (passed.has(path)) return 'all';
      const isOwn = folder === toUsers.end && isOwnFileName(name);
      return [...(filesAt.get(path) ?? []), ...(isOwn ? [`users/${name}`] : [])];
    },
  };
}

const isMain = new Set<string>(MAIN_FILES);

async function linksIn(users: string): Promise<string[]> {
  // Where it cannot be read, it cannot be watched either, and that is told.
  const entries = await readdir(users, { withFileTypes: true }).catch(() => []);
  const links = entries.filter((entry) => entry.isSymbolicLink() && isOwnFileName(entry.name));
  return links.map(({ name }) => `users/${name}`);
}
