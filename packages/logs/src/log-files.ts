import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that is written to, and what those that were put aside begin with. */
export const currentFile = (directory: string, name: string): string =>
  join(directory, `${name}.yaml`);

/** Names sort by the time at which the file was put aside; a number tells several of one moment apart. */
export function rotatedName(name: string, time: Date, number: number): string {
  const moment = time.toISOString().replaceAll(':', '-').replace('Z', '');
  return `${name}-${moment}.${String(number).padStart(3, '0')}.yaml`;
}

/** Names of the files that were put aside, oldest first; compressed ones end in `.gz`. */
export async function rotatedFiles(directory: string, name: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const pattern = /^-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.\d{3}\.yaml(?:\.gz)?$/;
  return names
    .filter((one) => one.startsWith(name) && pattern.test(one.slice(name.length)))
    .toSorted();
}
