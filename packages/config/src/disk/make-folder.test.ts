import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { interceptDisk } from '../store/testing/intercepted-disk.ts';
import { createDisk } from './exchange.ts';
import { makeDurableFolder } from './make-folder.ts';

test('each folder that is made is on the disk before the next one is made in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'berth-folder-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const steps: string[] = [];
  const disk = interceptDisk(createDisk(), async ({ name, path }) => {
    if (name !== 'stat') steps.push(`${name} ${relative(directory, path) || '.'}`);
  });
  await makeDurableFolder(disk, join(directory, 'a', 'b'));
  const made = ['makeFolder a', 'syncFolder .', 'makeFolder a/b', 'syncFolder a'];
  expect(steps).toEqual(made);
  await makeDurableFolder(disk, join(directory, 'a', 'b'));
  expect(steps).toEqual(made);
  expect((await stat(join(directory, 'a', 'b'))).mode & 0o777).toBe(0o700);
});
