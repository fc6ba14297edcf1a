import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import { createFileReader } from './read-files.ts';

test('who never ends writing to a file is not waited for', async () => {
  const disk = createDisk();
  let reads = 0;
  const reader = createFileReader(await configFolder(), {
    ...disk,
    stat: async (path) => {
      const stamp = await disk.stat(path);
      return stamp && { ...stamp, modified: BigInt(reads) };
    },
    read: (path) => {
      reads += 1;
      if (reads > 20) return Promise.reject(new Error('It is read for ever'));
      return disk.read(path);
    },
  });
  const seen = await reader.read('users.yaml', undefined);
  expect(seen?.content.text()).toBe(VALID['users.yaml']);
  // So it is read again the next time.
  expect([reads, seen?.isTelling]).toEqual([20, false]);
});
