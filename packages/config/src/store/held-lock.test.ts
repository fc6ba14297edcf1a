import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { recordsIn } from '../history/testing/walk.ts';
import { BOB, TEAM_USERS, teamFolder } from '../testing/team.ts';
import type { Edit } from './edit.ts';
import { openConfigStore, type ConfigStore } from './store.ts';

/** An admin who runs `flock .lock vi users.yaml`. */
async function holdLock(directory: string): Promise<() => Promise<void>> {
  const child = spawn('flock', [join(directory, '.lock'), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    // The shell has the lock too, until its input ends.
    child.stdin.destroy();
    child.kill();
  });
  await once(child.stdout, 'data');
  return async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
}

async function openStore(directory: string): Promise<ConfigStore> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  onTestFinished(store.close);
  return store;
}

const author = { by: 'kim', what: 'disable bob' };
const disableBob = (edit: Edit): void => {
  edit.set('users.yaml', ['users', BOB, 'disabled'], true);
};
const RENAMED = TEAM_USERS.replace('username: bob', 'username: bobby');

test('an edit waits for who holds the lock, and a reload does not', async () => {
  const { directory, write } = await teamFolder();
  const store = await openStore(directory);
  const release = await holdLock(directory);
  const edit = store.edit(author, disableBob);
  await write('users.yaml', RENAMED);
  await store.reload();
  expect(store.current().accounts.get(BOB)).toMatchObject({ username: 'bobby', disabled: false });
  expect(await recordsIn(directory)).toHaveLength(1);
  await release();
  await edit;
  expect(store.current().accounts.get(BOB)).toMatchObject({ username: 'bobby', disabled: true });
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand', 'kim']);
});

test('what was changed under the lock is recorded once it is free', async () => {
  const { directory, write } = await teamFolder();
  const store = await openStore(directory);
  const release = await holdLock(directory);
  await write('users.yaml', RENAMED);
  await store.reload();
  await release();
  await vi.waitUntil(async () => (await recordsIn(directory)).length === 2, { timeout: 20_000 });
});

test('a store opens while somebody holds the lock', async () => {
  const { directory } = await teamFolder();
  const release = await holdLock(directory);
  const store = await openStore(directory);
  expect(store.current().accounts.size).toBe(2);
  await release();
  await store.edit(author, disableBob);
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
});

test('an edit that waited too long says who to ask, and changes nothing', async () => {
  const { directory, text } = await teamFolder();
  const store = await openStore(directory);
  await holdLock(directory);
  await expect(store.edit(author, disableBob)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`Who: fuser ${join(directory, '.lock')}`),
  });
  expect(await text('users.yaml')).toBe(TEAM_USERS);
});

test('edits of one program take turns', async () => {
  const { directory } = await teamFolder();
  const store = await openStore(directory);
  const order: number[] = [];
  await Promise.all(
    [1, 2, 3, 4, 5].map((number) =>
      store.edit({ by: 'kim', what: `number ${number}` }, (edit) => {
        edit.set('users.yaml', ['users', BOB, 'metadata'], { [`n${number}`]: 'x' });
        order.push(number);
      }),
    ),
  );
  expect(order).toEqual([1, 2, 3, 4, 5]);
  const [, ...records] = await recordsIn(directory);
  expect(records.map(({ what }) => what)).toEqual([1, 2, 3, 4, 5].map((one) => `number ${one}`));
});
