import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { chownSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { plainDisk } from './disk.ts';
import { writeNewFile } from './write-file.ts';

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-write-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('a file bears the time of the clock, also after that was set', async () => {
  const directory = await folder();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2040-01-01T00:00:00Z') });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) await writeNewFile(plainDisk, join(directory, name), [], undefined);
  const stamps = await Promise.all(names.map((name) => plainDisk.stat(join(directory, name))));
  const times = stamps.map((stamp) => stamp?.modified ?? 0n);
  expect(times.map((time) => new Date(Number(time / 1_000_000n)).toISOString())).toEqual(
    names.map(() => '2040-01-01T00:00:00.000Z'),
  );
  // All of them in one millisecond of that clock.
  expect(new Set(times).size).toBe(names.length);
});

test.each([
  ['to whom it may not give a file', ['setpriv', '--bounding-set', '-chown']],
  ['in a container that does not know them', ['unshare', '--user', '--map-root-user']],
])('names the file and whose it is for a process %s', async (_, [command = '', ...args]) => {
  const directory = await folder();
  const path = join(directory, 'users.yaml');
  await writeFile(path, 'old', { mode: 0o666 });
  chownSync(path, 0, 12_345);
  const { stdout } = spawnSync(
    command,
    [
      ...args,
      process.execPath,
      '--input-type=module',
      '-e',
      `const { replaceFile } = await import(process.argv[1]);
       await replaceFile(process.argv[2], 'new').catch((error) => console.log(error.code, error.message));`,
      new URL('replace-file.ts', import.meta.url).href,
      path,
    ],
    { encoding: 'utf8' },
  );
  expect(stdout).toMatch(
    new RegExp(
      `^disk_failed ${path} belongs to user 0 \\(root\\) and group \\d+, .* chown 0:0 ${path}\n$`,
    ),
  );
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(directory)).toEqual(['users.yaml']);
  expect((await stat(path)).gid).toBe(12_345);
});
