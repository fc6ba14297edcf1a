import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rm, symlink, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import { createFileReader } from './read-files.ts';
import { interceptDisk } from './testing/intercepted-disk.ts';

const makePipe = (path: string): void => void execFileSync('mkfifo', [path]);

const NOT_PLAIN = 'is a pipe, a socket or a device, not a file.';

const STRANGE: readonly [what: string, make: (path: string) => unknown, told: string][] = [
  ['a pipe', makePipe, NOT_PLAIN],
  ['a device', (path) => symlink('/dev/zero', path), NOT_PLAIN],
  [
    'a socket',
    async (path) => {
      const server = createServer().listen(path);
      onTestFinished(() => void server.close());
      await once(server, 'listening');
    },
    NOT_PLAIN,
  ],
  [
    'a huge file',
    async (path) => {
      execFileSync('touch', [path]);
      await truncate(path, 256 * 1024 * 1024 + 1);
    },
    'is larger than 256 MiB, which no configuration is.',
  ],
];

test.each(STRANGE)('%s is not opened, but told of', async (_, make, told) => {
  const directory = await configFolder();
  const path = join(directory, 'users.yaml');
  await rm(path);
  await make(path);
  let reads = 0;
  const disk = interceptDisk(createDisk(), async ({ name }) => {
    if (name === 'read') reads += 1;
  });
  const reading = createFileReader(directory, disk).read('users.yaml', undefined);
  await expect(reading).rejects.toMatchObject({
    code: 'config_invalid',
    message: `${path} ${told} Move it away: mv ${path} ${path}.moved`,
    details: { issues: [{ file: 'users.yaml' }] },
  });
  expect(reads).toBe(0);
});

test('a pipe that takes a file’s place just before that is opened is not waited for', async () => {
  const directory = await configFolder();
  const path = join(directory, 'users.yaml');
  const disk = interceptDisk(createDisk(), async ({ name }) => {
    if (name !== 'read') return;
    await rm(path);
    makePipe(path);
  });
  const reading = createFileReader(directory, disk).read('users.yaml', undefined);
  await expect(reading).rejects.toThrow(NOT_PLAIN);
});

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
