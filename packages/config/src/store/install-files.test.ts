import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { configFolder } from '../testing/folder.ts';
import { contentOf } from './content.ts';
import { installFiles } from './install-files.ts';
import { createFileReader } from './read-files.ts';

test('what somebody saved before a new file was ready never leaves its place', async () => {
  const file = 'users.yaml';
  const directory = await configFolder();
  const path = join(directory, file);
  const disk = createDisk();
  const before = await createFileReader(directory, disk).read(file, undefined);
  await writeFile(path, '# by hand\n');
  let exchanges = 0;
  const counting = {
    ...disk,
    exchange: async (one: string, other: string) => {
      exchanges += 1;
      await disk.exchange(one, other);
    },
  };
  const after = contentOf(file, Buffer.from('# new\n'));
  expect(await installFiles(counting, directory, [{ file, before, after }])).toEqual({ shown: [] });
  expect(exchanges).toBe(0);
  expect(await readFile(path, 'utf8')).toBe('# by hand\n');
});
