import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDisk } from '@berth/config/disk';
import { expect, onTestFinished, test } from 'vitest';
import { berthdFolder } from '../testing/berthd.ts';
import { saveArchive } from './save-archive.ts';
import { durableSteps } from './testing/durable-steps.ts';

test('a name that somebody takes while the backup is written stays theirs', async () => {
  const { directory } = await berthdFolder();
  const path = join(dirname(directory), 'berth.tar.gz');
  const disk = createDisk();
  const backup = { revision: 'x', time: new Date(), files: new Map() };
  const saving = saveArchive(backup, path, false, {
    ...disk,
    renameNew: async (from, to) => {
      await writeFile(path, 'theirs', { flag: 'wx' });
      await disk.renameNew(from, to);
    },
  });
  await expect(saving).rejects.toMatchObject({
    code: 'conflict',
    message: `${path} is there already. To replace it add --force.`,
  });
  expect(await readFile(path, 'utf8')).toBe('theirs');
  expect(await readdir(dirname(path))).toEqual(['berth.tar.gz', 'config']);
});

test.each([false, true])(
  'its bytes are on the disk before its name is, and both when it is done, replacing: %s',
  async (isReplacing) => {
    const { directory } = await berthdFolder();
    const path = join(dirname(directory), 'berth.tar.gz');
    const { disk, done } = durableSteps(dirname(directory));
    const backup = { revision: 'x', time: new Date(), files: new Map() };
    await saveArchive(backup, path, isReplacing, disk);
    expect(done()).toEqual([
      'syncFile .berth.tar.gz.NEW',
      `${isReplacing ? 'rename' : 'renameNew'} .berth.tar.gz.NEW`,
      'syncFolder .',
    ]);
  },
);

test('a full disk is told with the name of the file, and nothing is left on it', async () => {
  const { directory } = await berthdFolder();
  const folder = join(directory, 'small');
  await mkdir(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
  });
  const path = join(folder, 'berth.tar.gz');
  const files = new Map([['config/users.yaml', [randomBytes(1_000_000)]]]);
  const saving = saveArchive({ revision: 'x', time: new Date(), files }, path, false);
  await expect(saving).rejects.toMatchObject({ code: 'ENOSPC', path });
  expect(await readdir(folder)).toEqual([]);
});
