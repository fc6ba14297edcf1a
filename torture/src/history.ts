import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigStore } from '@berth/config';

/**
 * Walks back through the history, from the files as they stand to the oldest record, and throws where
 * a record does not fit. It does so with nothing but the records: that they lead back is what they are
 * for.
 *
 * @returns every version of `users.yaml`, the newest first
 */
export async function walkBack(directory: string, { history }: ConfigStore): Promise<string[]> {
  const numbers = await history.numbers();
  const gap = numbers.find(
    (number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1,
  );
  if (gap !== undefined) throw new Error(`There is no record before ${gap}`);
  let bytes = await readFile(join(directory, 'users.yaml'));
  const versions = [bytes.toString()];
  for (const number of numbers.toReversed()) {
    const { files } = await history.read(number);
    const change = files.find(({ file }) => file === 'users.yaml');
    if (change === undefined) continue;
    if (change.splices === null) break;
    const pieces: Buffer[] = [];
    let from = 0;
    let shift = 0;
    for (const { at, removed, inserted } of change.splices) {
      const came = Buffer.from(inserted);
      const start = at + shift;
      if (!bytes.subarray(start, start + came.length).equals(came)) {
        throw new Error(`Record ${number} does not lead back from what comes after it`);
      }
      pieces.push(bytes.subarray(from, start), Buffer.from(removed));
      from = start + came.length;
      shift += came.length - Buffer.byteLength(removed);
    }
    bytes = Buffer.concat([...pieces, bytes.subarray(from)]);
    versions.push(bytes.toString());
  }
  return versions;
}

/** Files that have no business in a configuration folder once a store was opened on it. */
export async function leftovers(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => !EXPECTED.test(name));
}

const EXPECTED =
  /^(\.lock|(main|containers|users)\.yaml|history(\/\d{8}\.json|\/last(\/(main|containers|users)\.yaml)?)?)$/;

/** What was put aside because it could not be taken up, or gave way. */
export async function rejectedTexts(directory: string): Promise<string[]> {
  const folder = join(directory, 'history');
  const names = (await readdir(folder)).filter((name) => name.startsWith('rejected-'));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}
