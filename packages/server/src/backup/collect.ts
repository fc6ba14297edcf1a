import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS, type Content, unlessMissing } from '@berth/config';
import { RECORD_KEY, STATE_FOLDERS } from '../state-folders.ts';
import type { Pieces } from './write-archive.ts';

/**
 * All that a backup is to hold, by the paths in it: configuration, secrets, and state.
 *
 * @param files of the configuration
 */
export async function collect(
  directory: string,
  stateDirectory: string,
  files: ReadonlyMap<string, Content>,
): Promise<Map<string, Pieces>> {
  const collected = new Map<string, Pieces>();
  for (const [file, content] of files) collected.set(`config/${file}`, content.pieces());
  const secrets = await unlessMissing(readFile(join(directory, SECRETS)));
  if (secrets !== undefined) collected.set(`config/${SECRETS}`, [secrets]);
  for (const folder of STATE_FOLDERS) {
    const path = join(stateDirectory, folder);
    for (const name of (await unlessMissing(readdir(path))) ?? []) {
      if (!name.endsWith('.json') || !RECORD_KEY.test(name.slice(0, -5))) continue;
      // The server removes records when they have expired.
      const record = await unlessMissing(readFile(join(path, name)));
      if (record !== undefined) collected.set(`state/${folder}/${name}`, [record]);
    }
  }
  return collected;
}
