import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { acquireLock } from '../disk/lock.ts';
import { openConfigStore } from '../store/store.ts';
import { VALID } from '../testing/folder.ts';
import { BOB, teamFolder } from '../testing/team.ts';
import { interceptDisk } from '../store/testing/intercepted-disk.ts';
import { diffVersions, listHistory, showChange } from './browse.ts';

/** Edits of two files at once, which always say the same. */
async function twoFiles(
  files: Readonly<Record<string, string>> = {},
): Promise<{ directory: string; edit: (note: number) => Promise<void> }> {
  const { directory } = await teamFolder(files);
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  onTestFinished(store.close);
  return {
    directory,
    edit: (note) =>
      store.edit({ by: 'kim', what: `note ${note}` }, (edit) => {
        edit.set('users.yaml', ['users', BOB, 'metadata'], { note: String(note) });
        edit.set('containers.yaml', ['containers', 'lab', 'env', 'NOTE'], String(note));
      }),
  };
}

const options = (directory: string): { directory: string; isRevealing: boolean } => ({
  directory,
  isRevealing: true,
});

/** What the differences say was noted in each file. */
const notesIn = (files: readonly { lines: readonly string[] }[]): (string | undefined)[] =>
  files.map(({ lines }) => {
    const added = lines.filter((line) => line.startsWith('+')).join('\n');
    return /note: "?(\d+)|NOTE: "?(\d+)/i.exec(added)?.[1];
  });

test('a look is at one moment, also while others save', async () => {
  const { directory, edit } = await twoFiles();
  await edit(0);
  const notes: number[] = Array.from({ length: 15 }, (_, index) => index + 1);
  const edits = Promise.all(notes.map((note) => edit(note)));
  const saved = new AbortController();
  void edits.finally(() => {
    saved.abort();
  });
  do {
    const found = notesIn(await diffVersions(options(directory), 1, 'now'));
    expect(found).toEqual([found[1], found[0]]);
    expect(found[0]).toBeDefined();
  } while (!saved.signal.aborted);
  await edits;
});

test('a look does not wait for who holds the lock', async () => {
  const { directory, edit } = await twoFiles();
  await edit(1);
  const lock = await acquireLock(directory, 0);
  if (lock === 'held') throw new Error('Nobody else is there');
  expect(notesIn((await showChange(options(directory), 2)).files)).toEqual(['1', '1']);
  await lock.release();
});

test('a look leaves alone what a killed process has left', async () => {
  const { directory, edit } = await twoFiles();
  await edit(1);
  await edit(2);
  const history = join(directory, 'history');
  await copyFile(join(history, '00000003.json'), join(history, '00000004.pending.json'));
  expect(notesIn(await diffVersions(options(directory), 1, 'now'))).toEqual(['2', '2']);
  expect(notesIn(await diffVersions(options(directory), 1, 2))).toEqual(['1', '1']);
});

test('a list of changes is not disturbed by one that goes while it is made', async () => {
  const { directory, edit } = await twoFiles({
    'main.yaml': VALID['main.yaml']?.replace('...', 'history: {keep: 1}\n...') ?? '',
  });
  await edit(1);
  let note = 1;
  const disk = interceptDisk(createDisk(), async ({ name }) => {
    if (name !== 'read' || note === 4) return;
    note += 1;
    await edit(note);
  });
  const { records, older } = await listHistory(directory, 10, disk);
  expect(records.map(({ what }) => what)).toEqual(['note 4']);
  expect(older).toBe(0);
});

test('a list of changes that never stop going ends all the same', async () => {
  const { directory, edit } = await twoFiles();
  await edit(1);
  const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  const disk = interceptDisk(createDisk(), async ({ name }) => {
    if (name === 'read') throw gone;
  });
  await expect(listHistory(directory, 10, disk)).rejects.toBe(gone);
});
