import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { BOB, teamFolder } from '../testing/team.ts';
import type { Edit } from './edit.ts';
import { type ConfigStore } from './store.ts';
import { interceptDisk } from './testing/intercepted-disk.ts';
import { openStore } from './testing/open-store.ts';

/** Two files, of which each is valid with the other as it was. */
const changeTwo = (edit: Edit): void => {
  edit.set('users.yaml', ['users', BOB, 'disabled'], true);
  edit.set('containers.yaml', ['containers', 'lab', 'image'], 'lab:2');
};

const partsOf = (store: ConfigStore): unknown => [
  store.current().accounts.get(BOB)?.disabled,
  store.current().templates.get('lab')?.image,
];

/** Changes two files, and does something else when only one of them stands. */
async function editWith(directory: string, halfway: () => Promise<void>): Promise<void> {
  let exchanges = 0;
  const disk = interceptDisk(createDisk(), async ({ name }) => {
    if (name !== 'exchange') return;
    exchanges += 1;
    if (exchanges === 2) await halfway();
  });
  const { store } = await openStore(directory, disk);
  await store.edit({ by: 'kim', what: 'change two files' }, changeTwo);
  expect(exchanges).toBe(2);
}

test('a reload takes up nothing of a change of which only a part stands', async () => {
  const { directory } = await teamFolder();
  const { store, notices } = await openStore(directory);
  await editWith(directory, async () => {
    await store.reload();
    expect(partsOf(store)).toEqual([false, 'lab:1']);
    expect(store.rejection()).toBeUndefined();
  });
  await store.reload();
  expect(partsOf(store)).toEqual([true, 'lab:2']);
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded']);
});

test('a store does not open on a part of a change', async () => {
  const { directory } = await teamFolder();
  const looked = Promise.withResolvers<void>();
  const looking = interceptDisk(createDisk(), async ({ name, path }) => {
    if (name === 'list' && path.endsWith('/history')) looked.resolve();
  });
  let opening: ReturnType<typeof openStore> | undefined;
  await editWith(directory, async () => {
    opening = openStore(directory, looking);
    await Promise.race([opening, looked.promise]);
  });
  expect(await opening?.then(({ store }) => partsOf(store))).toEqual([true, 'lab:2']);
});
