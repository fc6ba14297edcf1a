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
