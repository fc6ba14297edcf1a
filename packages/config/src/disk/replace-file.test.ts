import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { interceptDisk } from '../store/testing/intercepted-disk.ts';
import { createDisk } from './exchange.ts';
import { replaceFile } from './replace-file.ts';

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-replace-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

test('makes a file that only its owner can read', async () => {
  const directory = await folder();
  await replaceFile(join(directory, 'a'), 'text');
  expect(await readFile(join(directory, 'a'), 'utf8')).toBe('text');
  expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['a']);
});

test('keeps the mode of the file it replaces, and the link to it', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'real'), 'old');
  await chmod(join(directory, 'real'), 0o640);
  await symlink('real', join(directory, 'link'));
  await replaceFile(join(directory, 'link'), 'new');
  expect((await lstat(join(directory, 'link'))).isSymbolicLink()).toBe(true);
  expect(await readFile(join(directory, 'real'), 'utf8')).toBe('new');
  expect((await stat(join(directory, 'real'))).mode & 0o777).toBe(0o640);
});

test('its bytes are on the disk before its name is, and both when it is done', async () => {
  const directory = await folder();
  const path = join(directory, 'a');
  const steps: string[] = [];
  const disk = interceptDisk(createDisk(), async ({ name, path: at }) => {
    const step = `${name} ${relative(directory, at).replace(/[\da-f]{12}/, 'NEW')}`;
    if (/^(?:write|sync|rename|syncFolder) /.test(step)) steps.push(step);
  });
  await replaceFile(path, 'text', 0o600, disk);
  expect(steps).toEqual([
    'write .a.NEW.berth-tmp',
    'sync .a.NEW.berth-tmp',
    'rename .a.NEW.berth-tmp',
    'syncFolder ',
  ]);
});

test('a full disk leaves the old file and no other', async () => {
  const directory = await folder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory]);
  onTestFinished(() => {
    execFileSync('umount', [directory]);
  });
  const path = join(directory, 'users.yaml');
  await replaceFile(path, 'old');
  await expect(replaceFile(path, 'x'.repeat(1_000_000))).rejects.toThrow('The disk is full');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(directory)).toEqual(['users.yaml']);
  await replaceFile(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a folder that is not there is an error, and stays so', async () => {
  const directory = await folder();
  await expect(replaceFile(join(directory, 'no', 'a'), 'x')).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

test('what killed processes have left is swept, once none of them can still be at it', async () => {
  const directory = await folder();
  const [left, fresh] = ['.b.0123456789ab.berth-tmp', '.a.0123456789ab.berth-tmp'];
  for (const name of [left, fresh, '.b.tmp']) await writeFile(join(directory, name), 'half');
  for (const name of [left, '.b.tmp']) await utimes(join(directory, name), 1e9, 1e9);
  await replaceFile(join(directory, 'a'), 'text');
  expect((await readdir(directory)).toSorted()).toEqual([fresh, '.b.tmp', 'a'].toSorted());
});

test('a process with the number of one that was killed replaces the file all the same', async () => {
  const directory = await folder();
  // Number 1 cannot be killed from inside, but it can end at once.
  const dying = `
    const { replaceFile } = await import(process.argv[1]);
    const { readdirSync } = await import('node:fs');
    void replaceFile(process.argv[2], 'x'.repeat(1e6));
    while (readdirSync(process.argv[3]).length === 0) await new Promise(setImmediate);
    process.exit(9);`;
  const path = join(directory, 'a');
  const module = new URL('replace-file.ts', import.meta.url).href;
  // Each in a process namespace of its own, in which it is number 1.
  const run = (program: string): number | null =>
    spawnSync('unshare', [
      '--pid',
      '--fork',
      process.execPath,
      '--input-type=module',
      '-e',
      program,
      module,
      path,
      directory,
    ]).status;
  expect(run(dying)).toBe(9);
  expect(await readdir(directory)).toEqual([expect.stringMatching(/^\.a\./)]);
  expect(run(`await (await import(process.argv[1])).replaceFile(process.argv[2], 'text');`)).toBe(
    0,
  );
  expect(await readFile(path, 'utf8')).toBe('text');
});
