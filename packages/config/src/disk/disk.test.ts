import { link, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asideOf, createDisk } from './exchange.ts';

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-disk-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe.each([
  ['that can exchange files', createDisk()],
  ['that cannot', createDisk(() => false)],
])('a disk %s', (_, disk) => {
  test('tells nothing of what there is not, and removes it', async () => {
    const path = join(await folder(), 'none');
    expect(await disk.stat(path)).toBeUndefined();
    expect(await disk.list(path)).toEqual([]);
    expect(await disk.resolve(path)).toBe(path);
    await disk.remove(path);
    await expect(disk.read(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('removes a folder that is empty, and no other', async () => {
    const path = await folder();
    const inner = join(path, 'inner');
    await disk.makeFolder(inner);
    expect(await disk.removeFolder(path)).toBe(false);
    expect(await disk.removeFolder(inner)).toBe(true);
    expect(await disk.removeFolder(inner)).toBe(true);
    await (await disk.create(inner)).close();
    await expect(disk.removeFolder(inner)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test('creates a file that only its owner may read, and none twice', async () => {
    const path = join(await folder(), 'new');
    const file = await disk.create(path);
    await file.write([Buffer.from('one '), Buffer.alloc(0), Buffer.from('two')]);
    expect(await file.size()).toBe(7);
    await file.setModified(1e9 + 0.5);
    await file.sync();
    await file.close();
    expect(await disk.stat(path)).toMatchObject({
      mode: 0o600,
      size: 7,
      modified: 1_000_000_000_500_000_000n,
    });
    expect(await disk.read(path)).toEqual(Buffer.from('one two'));
    await expect(disk.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('follows a link to its end', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'real'), 'x');
    await symlink('real', join(directory, 'link'));
    expect(await disk.resolve(join(directory, 'link'))).toBe(join(directory, 'real'));
    expect((await disk.stat(join(directory, 'link')))?.size).toBe(1);
  });

  test('tells what a link says, and finds nothing where it leads to nothing', async () => {
    const directory = await folder();
    await writeFile(join(directory, 'real'), 'x');
    await symlink('nowhere', join(directory, 'dangling'));
    await symlink('round', join(directory, 'round'));
    expect(await disk.readLink(join(directory, 'dangling'))).toBe('nowhere');
    expect(await disk.readLink(join(directory, 'real'))).toBeUndefined();
    expect(await disk.readLink(join(directory, 'none'))).toBeUndefined();
    expect(await disk.stat(join(directory, 'dangling'))).toBeUndefined();
    expect(await disk.stat(join(directory, 'round'))).toBeUndefined();
  });

  test('swaps two files, and nothing else is left', async () => {
    const directory = await folder();
    const [one, other] = [join(directory, 'one'), join(directory, 'other')];
    await writeFile(one, '1');
    await writeFile(other, '2');
    await disk.exchange(one, other);
    expect([await readFile(one, 'utf8'), await readFile(other, 'utf8')]).toEqual(['2', '1']);
    expect((await readdir(directory)).toSorted()).toEqual(['one', 'other']);
  });

  test('swaps nothing with what there is not', async () => {
    const directory = await folder();
    const [one, other] = [join(directory, 'one'), join(directory, 'other')];
    await writeFile(one, '1');
    await expect(disk.exchange(one, other)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(other, '2');
    await rm(one);
    await expect(disk.exchange(one, other)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(directory)).toEqual(['other']);
    expect(await readFile(other, 'utf8')).toBe('2');
  });

  test('renames to a new name only', async () => {
    const directory = await folder();
    const [one, other] = [join(directory, 'one'), join(directory, 'other')];
    await writeFile(one, '1');
    await disk.renameNew(one, other);
    expect(await readdir(directory)).toEqual(['other']);
    await writeFile(one, '2');
    await expect(disk.renameNew(one, other)).rejects.toMatchObject({ code: 'EEXIST' });
    expect([await readFile(one, 'utf8'), await readFile(other, 'utf8')]).toEqual(['2', '1']);
  });
});

test('the second name of a file, where files cannot be exchanged, was never there before', async () => {
  const directory = await folder();
  const [one, other] = [join(directory, 'one'), join(directory, 'other')];
  await writeFile(one, '1');
  await writeFile(other, '2');
  await link(other, asideOf(one));
  const disk = createDisk(() => false);
  await expect(disk.exchange(one, other)).rejects.toMatchObject({ code: 'EEXIST' });
  expect([await readFile(one, 'utf8'), await readFile(other, 'utf8')]).toEqual(['1', '2']);
});
