import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, User, Uuid } from '@berth/contract';
import type { Config } from './config.ts';
import { editEntry, type EntryChange } from './entry.ts';
import type { ConfigLoader } from './load.ts';
import { withLock } from './lock.ts';
import { replaceFile } from './replace-file.ts';
import { parseYaml } from './yaml.ts';

/** Changes to `users.yaml`, gathered and then written as one. */
export interface UsersEdit {
  /** The configuration as it is on disk, under the lock. */
  readonly config: Config;
  addUser(id: Uuid, user: User): void;
  /** Adds the client, or replaces the one with this UUID. */
  setClient(userId: Uuid, clientId: Uuid, client: Client): void;
}

/**
 * Edits `users.yaml` under the folder's lock. The result is validated with all other files before it
 * is written: an edit that would not load throws `config_invalid` and changes nothing.
 */
export async function editUsers<T>(
  directory: string,
  loader: ConfigLoader,
  edit: (users: UsersEdit) => T | Promise<T>,
): Promise<T> {
  return withLock(directory, async () => {
    const config = await loader.load(directory);
    const path = join(directory, 'users.yaml');
    const before = await readFile(path, 'utf8');
    let text = before;
    const change = (id: Uuid, apply: EntryChange): void => {
      const parsed = parseYaml('users.yaml', text);
      if (Array.isArray(parsed)) throw new Error('users.yaml no longer parses after an edit');
      text = editEntry(text, parsed, 'users', id, apply);
    };
    const result = await edit({
      config,
      addUser: (id, user) => {
        change(id, (set) => {
          set([], user);
        });
      },
      setClient: (userId, clientId, client) => {
        change(userId, (set) => {
          set(['clients', clientId], client);
        });
      },
    });
    if (text !== before) {
      await loader.load(directory, new Map([['users.yaml', text]]));
      await replaceFile(path, text);
    }
    return result;
  });
}
