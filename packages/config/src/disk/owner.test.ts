import { spawnSync } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addUser } from '../changes/users.ts';
import { openConfigStore } from '../store/store.ts';
import { configFolder } from '../testing/folder.ts';

const SERVICE = 12_345;
const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

async function below(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  return [directory, ...entries.map((name) => join(directory, name))];
}

// `sudo berthd user add` in the folder of a server that runs as a user of its own.
test('what root makes in somebody’s folder is theirs', async () => {
  const directory = await configFolder();
  for (const path of await below(directory)) await chown(path, SERVICE, SERVICE);
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  await store.edit({ by: 'root', what: 'add bob' }, (edit) => {
    addUser(edit, crypto.randomUUID(), { username: 'bob' });
    edit.set(`users/${ALICE}.yaml`, ['limits'], { cpus: 2 });
  });
  store.close();
  const paths = await below(directory);
  expect(paths).toContain(join(directory, 'history', 'last', 'users.yaml'));
  for (const path of paths) {
    expect(await stat(path), path).toMatchObject({ uid: SERVICE, gid: SERVICE });
  }
});

test('root’s own folder stays root’s', async () => {
  const directory = await configFolder();
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  store.close();
  for (const path of await below(directory)) expect(await stat(path)).toMatchObject({ uid: 0 });
});

test('in a container that does not know the folder’s group, what is made has that of who makes it', async () => {
  const directory = await configFolder();
  await chown(directory, 0, SERVICE);
  const script = `
    const { tryLock } = await import(process.argv[1] + '/lock.ts');
    const { replaceFile } = await import(process.argv[1] + '/replace-file.ts');
    await (await tryLock(process.argv[2] + '/.lock')).release();
    await replaceFile(process.argv[2] + '/new.yaml', 'text');`;
  const { status, stderr } = spawnSync(
    'unshare',
    ['--user', '--map-root-user', process.execPath, '--disable-warning=ExperimentalWarning'].concat(
      ['--input-type=module', '-e', script, new URL('.', import.meta.url).href, directory],
    ),
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(await stat(join(directory, 'new.yaml'))).toMatchObject({ uid: 0, gid: 0 });
});
