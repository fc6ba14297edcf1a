import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { replaceFile } from './disk/replace-file.ts';
import { createPasswords } from './passwords/passwords.ts';
import { randomPassword } from './passwords/random-password.ts';
import { publishSchemas } from './schemas.ts';
import { openConfigStore } from './store/store.ts';
import { starterFiles, type Starter } from './starter-files.ts';

export interface InitOptions extends Omit<Starter, 'passwordHash'> {
  readonly directory: string;
}

/**
 * Writes a new configuration that loads as it is and explains itself. Returns the admin's password:
 * only its hash is written. Throws `conflict` where the folder already holds a configuration.
 */
export async function initConfig(options: InitOptions): Promise<{ adminPassword: string }> {
  const { directory } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const taken = (await readdir(directory)).find((name) => name.endsWith('.yaml'));
  if (taken !== undefined) {
    throw new Problem(
      'conflict',
      `${directory} already has a configuration (${taken}); it was left as it is.`,
    );
  }
  const adminPassword = randomPassword();
  const passwordHash = await createPasswords().hash(adminPassword);
  await mkdir(join(directory, 'users'), { recursive: true, mode: 0o700 });
  await (await open(join(directory, '.lock'), 'a', 0o600)).close();
  await publishSchemas(directory);
  for (const [file, text] of starterFiles({ ...options, passwordHash })) {
    await replaceFile(join(directory, file), text);
  }
  // So that there is something to go back to when the first edit goes wrong.
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  store.close();
  return { adminPassword };
}
