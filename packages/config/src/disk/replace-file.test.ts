import {
  chmod,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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
