import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, replaceFile, unlessMissing } from '@berth/config';
import { RECORD_KEY, type LOGINS_FOLDER, type StateFolder } from '../state-folders.ts';

/** Records of one kind in a folder, a JSON file each. Expired ones are gone. */
export interface Records<T> {
  get(key: string): Promise<T | undefined>;
  all(): Promise<T[]>;
  put(key: string, record: T): Promise<void>;
  remove(key: string): Promise<void>;
}

/**
 * @param stateDirectory is asked each time: a server follows what `main.yaml` names
 * @param folder is made in the state folder when needed; server and commands share it
 * @param now milliseconds since 1970
 */
export function createRecords<T extends { readonly expires: string }>(
  stateDirectory: () => string,
  folder: StateFolder | typeof LOGINS_FOLDER,
  now: () => number,
): Records<T> {
  const directory = (): string => join(stateDirectory(), folder);
  const pathOf = (key: string): string => {
    // Keys become file names; every one of ours is hex digits and hyphens.
    if (!RECORD_KEY.test(key)) throw new Error(`Not a record key: ${key}`);
    return join(directory(), `${key}.json`);
  };
  const read = async (path: string): Promise<T | undefined> => {
    const text = await unlessMissing(readFile(path, 'utf8'));
    if (text === undefined) return undefined;
    const record = JSON.parse(text) as T;
    if (Date.parse(record.expires) > now()) return record;
    // Who may only read leaves it to the next who may write.
    await rm(path, { force: true }).catch(() => undefined);
    return undefined;
  };
  return {
    get: (key) => read(pathOf(key)),
    all: async () => {
      const path = directory();
      const found = (await unlessMissing(readdir(path))) ?? [];
      const names = found.filter((name) => /^[^.].*\.json$/.test(name));
      const records = await Promise.all(names.map((name) => read(join(path, name))));
      return records.filter((record) => record !== undefined);
    },
    put: async (key, record) => {
      const path = pathOf(key);
      await makeFolder(dirname(path));
      await replaceFile(path, JSON.stringify(record));
    },
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}
