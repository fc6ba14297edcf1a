import { dirname, join } from 'node:path';
import { Problem } from '@berth/contract';
import { commandLine } from './command-line.ts';
import { unlessMissing } from './disk/code.ts';
import type { Disk } from './disk/disk.ts';
import { createDisk } from './disk/exchange.ts';
import { withLock } from './disk/lock.ts';
import { makeDurableFolder } from './disk/make-folder.ts';
import { replaceFile } from './disk/replace-file.ts';
import { createPasswords, type Passwords } from './passwords/passwords.ts';
import { randomPassword } from './passwords/random-password.ts';
import { publishedSchemas, publishSchemas } from './schemas.ts';
import { starterFiles, type Starter } from './starter-files.ts';
import { configOf } from './store/load.ts';
import { openFolder } from './store/open-folder.ts';
import { unchanged } from './store/unchanged.ts';

export interface InitOptions extends Omit<Starter, 'passwordHash'> {
  readonly directory: string;
  readonly disk?: Disk;
  readonly passwords?: Pick<Passwords, 'hash'>;
}

/** Where it goes, what with, and its files: main.yaml, without which there is no configuration, is the last. */
interface Fresh {
  readonly directory: string;
  readonly disk: Disk;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Writes a new configuration that loads as it is and explains itself. Returns the admin's password:
 * only its hash is written. What an `init` has left that was killed before the last file is written
 * again. Throws `conflict` where the folder holds anything else that belongs to a configuration. On any
 * other failure nothing is left but the folder and its lock, for which others may be waiting.
 */
export async function initConfig(options: InitOptions): Promise<{ adminPassword: string }> {
  const { directory, disk = createDisk(), passwords = createPasswords() } = options;
  const adminPassword = randomPassword();
  const passwordHash = await passwords.hash(adminPassword);
  const fresh = { directory, disk, files: starterFiles({ ...options, passwordHash }) };
  await unchanged(async () => {
    // Without the lock, which only somebody who may write there can take.
    await refuseTaken(fresh);
    await makeDurableFolder(disk, directory);
    await withLock(directory, async () => {
      await refuseTaken(fresh);
      await writeOrNothing(fresh);
    });
  });
  return { adminPassword };
}

async function refuseTaken({ directory, disk, files }: Fresh): Promise<void> {
  const below = async (folder: string): Promise<string[]> =>
    (await disk.list(join(directory, folder))).map((name) => join(folder, name));
  const names = [...(await below('')), ...(await below('users')), ...(await below('tls'))];
  if (names.includes('main.yaml')) {
    throw new Problem(
      'conflict',
      `${directory} already has a configuration (main.yaml); it was left as it is. For a new password of its admin: ${commandLine(directory, 'admin', 'password')}`,
    );
  }
  const [record] = await below('history');
  if (record !== undefined) throw inTheWay(directory, record);
  for (const name of names.filter((one) => one.endsWith('.yaml') || files.has(one))) {
    const text = await unlessMissing(disk.read(join(directory, name)));
    if (text?.toString() !== files.get(name)) throw inTheWay(directory, name);
  }
}

const inTheWay = (directory: string, name: string): Problem =>
  new Problem(
    'conflict',
    `${directory} holds a part of a configuration, without main.yaml: ${name}. It was left as it is. Move it away, or make the new configuration in another folder: berthd init --config DIR`,
  );

async function writeOrNothing(fresh: Fresh): Promise<void> {
  const { directory, disk, files } = fresh;
  try {
    await publishSchemas(directory, disk);
    for (const folder of foldersOf(files)) await disk.makeFolder(join(directory, folder));
    for (const [file, text] of files) await replaceFile(join(directory, file), text, 0o600, disk);
    await startHistory(fresh);
  } catch (error) {
    try {
      await takeBack(fresh);
    } catch (second) {
      const causes = [error, second];
      throw new AggregateError(causes, 'A new configuration failed, and so did undoing it', {
        cause: second,
      });
    }
    throw error;
  }
}

const foldersOf = (files: Fresh['files']): Set<string> =>
  new Set([...files.keys()].map((file) => dirname(file)).filter((folder) => folder !== '.'));

/** So that there is something to go back to when the first edit goes wrong. */
async function startHistory({ directory, disk }: Fresh): Promise<void> {
  // Nothing is rejected where there is no history yet.
  const onRejected = (): void => {};
  const open = openFolder({ directory, disk, now: () => new Date(), onRejected });
  const contents = await open.folder.look('all');
  const { revision } = configOf(directory, new Map(contents));
  await open.recorder.compare(contents, revision);
}

/** Leaves what a hand has changed meanwhile. A history without main.yaml would stop the next `init`. */
async function takeBack({ directory, disk, files }: Fresh): Promise<void> {
  for (const folder of ['history/last', 'history']) {
    const path = join(directory, folder);
    for (const name of await disk.list(path)) await disk.remove(join(path, name));
    await disk.removeFolder(path);
  }
  for (const [file, text] of [...publishedSchemas(), ...files].toReversed()) {
    const path = join(directory, file);
    const standing = await unlessMissing(disk.read(path));
    if (standing?.toString() === text) await disk.remove(path);
  }
  for (const folder of ['schema', ...foldersOf(files)])
    await disk.removeFolder(join(directory, folder));
}
