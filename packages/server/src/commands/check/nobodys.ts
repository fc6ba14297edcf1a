import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, unlessMissing } from '@berth/config';
import type { Uuid } from '@berth/contract';

/** A user's own file whose user there is not. */
export interface NobodysFile {
  readonly id: Uuid;
  readonly path: string;
}

/** Looks for own files of users that `users.yaml` has not, or has no more. */
export async function nobodysFiles(directory: string, config: Config): Promise<NobodysFile[]> {
  const folder = join(directory, 'users');
  const names = (await unlessMissing(readdir(folder))) ?? [];
  return names
    .filter((name) => /^[^.].*\.yaml$/.test(name))
    .map((name) => ({ id: name.slice(0, -'.yaml'.length), path: join(folder, name) }))
    .filter(({ id }) => !config.accounts.has(id));
}
