import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { giveTemplates } from '../changes/access.ts';
import { updateOwnFile } from '../changes/own-file.ts';
import { removeTemplate } from '../changes/templates.ts';
import { removeUser } from '../changes/users.ts';
import { createDisk } from '../disk/exchange.ts';
import type { Disk } from '../disk/disk.ts';
import { recordsIn } from '../history/testing/walk.ts';
import { ALICE, BOB, TEAM_TEMPLATES, teamFolder } from '../testing/team.ts';
import { openConfigStore, type ConfigStore } from './store.ts';
import { interceptDisk, type Operation } from './testing/intercepted-disk.ts';

const OWN = `users/${ALICE}.yaml`;
const author = { by: 'kim', what: 'change something' };
const own = (text: string): string => `version: 1\n${text}\n...\n`;

/** One that is told nothing of what hands save. */
async function openStore(directory: string, disk: Disk = createDisk()): Promise<ConfigStore> {
  const store = await openConfigStore({ directory, isWatching: false, disk, onNotice: () => {} });
  onTestFinished(store.close);
  return store;
}

test('who is removed loses the own file too that a hand makes at that moment', async () => {
  const { directory, write, config } = await teamFolder();
  const store = await openStore(directory);
  let runs = 0;
  await store.edit(author, async (edit) => {
    removeUser(edit, ALICE);
    runs += 1;
    if (runs === 1) await write(OWN, own('limits: {cpus: 3}'));
  });
  expect([...(await config()).accounts.keys()]).toEqual([BOB]);
  const [, byHand, removal] = await recordsIn(directory);
  expect(byHand).toMatchObject({ by: 'by hand', files: [{ file: OWN }] });
  expect(removal?.files.map(({ file }) => file)).toEqual(['users.yaml', OWN]);
});

test.each(['sync', 'exchange'])(
  'the same where it comes when the new files are being put in place: %s',
  async (name) => {
    const { directory, write, config } = await teamFolder();
    const disk = createDisk();
    let isOn = false;
    const isThen = (operation: Operation): boolean =>
      isOn && operation.name === name && operation.path.includes('users.yaml');
    const disturbing = interceptDisk(disk, async (operation) => {
      if (!isThen(operation)) return;
      isOn = false;
      await write(OWN, own('limits: {cpus: 3}'));
    });
    const store = await openStore(directory, disturbing);
    isOn = true;
    await store.edit(author, (edit) => {
      removeUser(edit, ALICE);
    });
    expect(isOn).toBe(false);
    expect([...(await config()).accounts.keys()]).toEqual([BOB]);
    expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand', 'kim']);
  },
);

test('a template that a hand takes away is not given at the same moment', async () => {
  const { directory, write, config } = await teamFolder();
  const store = await openStore(directory);
  await rm(join(directory, `users/${BOB}.yaml`));
  const edit = store.edit(author, async (change) => {
    giveTemplates(change, ALICE, ['gpu']);
    await write('containers.yaml', TEAM_TEMPLATES.replace('  gpu:\n    image: gpu:1\n', ''));
  });
  await expect(edit).rejects.toMatchObject({ code: 'not_found' });
  expect((await config()).accounts.get(ALICE)?.templates).toEqual(new Set(['lab']));
});

test('what a hand has closed in an own file is closed for an edit that was told nothing', async () => {
  const { directory, write, text } = await teamFolder();
  const store = await openStore(directory);
  const closed = own('containers: {admin_editable: false}');
  await write(OWN, closed);
  const edit = store.edit(author, (change) => {
    giveTemplates(change, ALICE, ['gpu']);
  });
  await expect(edit).rejects.toThrow('admin_editable');
  expect(await text(OWN)).toBe(closed);
});

test('a template is not removed that a hand has named in an own file', async () => {
  const { directory, write, config } = await teamFolder();
  const store = await openStore(directory);
  await write(OWN, own('containers: {allow: [gpu]}'));
  const remove = (edit: Parameters<Parameters<ConfigStore['edit']>[1]>[0]): void => {
    updateOwnFile(edit, BOB, { overrides: null });
    removeTemplate(edit, 'gpu', { force: true });
  };
  await store.edit(author, remove);
  expect([...(await config()).templates.keys()]).toEqual(['shell', 'lab']);
});

test('a template is removed that no own file names any more', async () => {
  const { directory, write, config } = await teamFolder();
  const store = await openStore(directory);
  await write(`users/${BOB}.yaml`, own('limits: {cpus: 1}'));
  await store.edit(author, (edit) => {
    removeTemplate(edit, 'gpu');
  });
  expect([...(await config()).templates.keys()]).toEqual(['shell', 'lab']);
});

test('what seems to be so already, but a hand has changed, is changed', async () => {
  const { directory, write, config } = await teamFolder({ [OWN]: own('limits: {cpus: 8}') });
  const store = await openStore(directory);
  await write(OWN, own('limits: {cpus: 4}'));
  await store.edit(author, (edit) => {
    updateOwnFile(edit, ALICE, { limits: { cpus: 8 } });
  });
  expect((await config()).accounts.get(ALICE)?.limits.cpus).toBe(8);
});
