import { join } from 'node:path';
import { readdir, readFile } from 'node:fs/promises';
import { contentOf } from '../../store/content.ts';
import { MAIN_FILES } from '../../store/read-files.ts';
import { applyDelta, inverse } from '../delta.ts';
import { parseRecord, recordNames, type HistoryRecord } from '../record.ts';

/** All files at one moment, by path below the folder. */
export type Files = ReadonlyMap<string, string>;

export async function filesIn(directory: string): Promise<Map<string, string>> {
  const own = await readdir(join(directory, 'users')).catch(() => []);
  const names = own.filter((name) => !name.startsWith('.')).map((name) => `users/${name}`);
  const files = new Map<string, string>();
  for (const file of [...MAIN_FILES, ...names.toSorted()]) {
    files.set(file, await readFile(join(directory, file), 'utf8'));
  }
  return files;
}

export async function recordsIn(directory: string): Promise<HistoryRecord[]> {
  const folder = join(directory, 'history');
  const names = recordNames(await readdir(folder));
  return Promise.all(
    names.map(async ({ name }) => parseRecord(name, await readFile(join(folder, name), 'utf8'))),
  );
}

/**
 * Undoes one record after another, from the files as they stand, and returns all versions on the way,
 * newest first. Throws where a record does not lead to the one before it.
 */
export async function walkBack(directory: string): Promise<Files[]> {
  let files = await filesIn(directory);
  const versions: Files[] = [files];
  for (const { number, files: changes } of (await recordsIn(directory)).toReversed()) {
    const before = new Map(files);
    for (const { file, before: old, after, splices } of changes) {
      const text = files.get(file);
      const digest = text === undefined ? null : digestOf(file, text);
      if (digest !== after) throw new Error(`Number ${number} did not leave this ${file}`);
      if (splices === null) {
        if (number !== 1) throw new Error(`Number ${number} does not tell what ${file} was`);
        return versions;
      }
      const bytes = applyDelta(Buffer.from(text ?? ''), inverse(splices));
      if (old === null) before.delete(file);
      else before.set(file, bytes.toString());
      if (old !== null && digestOf(file, bytes.toString()) !== old) {
        throw new Error(`Number ${number} leads back to another ${file}`);
      }
    }
    files = before;
    versions.push(files);
  }
  return versions;
}

const digestOf = (file: string, text: string): string => contentOf(file, Buffer.from(text)).digest;
