import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { restoreConfig, acquireLock, type Disk } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { honest } from './testing/forge.ts';
import { backUp, changeAll, house, stand } from './testing/house.ts';
import { restore } from './testing/restore.ts';
import { tree } from './testing/tree.ts';

async function backupsOfBefore(directory: string): Promise<string[]> {
  const history = join(directory, 'history');
  const names = (await readdir(history)).filter((name) => name.startsWith('before-restore-'));
  return names.map((name) => join(history, name)).toSorted();
}

describe('restoring a backup', () => {
  test('puts configuration, secrets and state back to the very bytes, and can be undone', async () => {
    const furnished = await house();
    const { directory } = furnished;
    const first = await stand(directory);
    const archive = await backUp(directory);
    await changeAll(furnished);
    const second = await stand(directory);

    const { before, record, manifest } = await restore(directory, archive);
    expect(await stand(directory)).toEqual(first);
    expect(manifest.files).toHaveLength(7);
    expect(record).toMatchObject({
      number: 2,
      by: 'test',
      what: expect.stringMatching(/^restore the backup of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
    });
    expect(before?.isWhole).toBe(true);
    expect((await stat(before?.path ?? '')).mode & 0o777).toBe(0o600);

    await restore(directory, before?.path ?? '');
    expect(await stand(directory)).toEqual(second);
    await restoreConfig({
      directory,
      number: 2,
      author: { by: 'test', what: 'again' },
      onRejected: () => {},
    });
    expect(await readFile(join(directory, 'containers.yaml'), 'utf8')).toBe(
      first['containers.yaml'],
    );
  });

  test('works where there is nothing yet', async () => {
    const { directory } = await house();
    const first = await stand(directory);
    const archive = await backUp(directory);
    const fresh = join(dirname(directory), 'new', 'config');
    const { before, record } = await restore(fresh, archive);
    expect(before).toBeUndefined();
    expect(record?.number).toBe(1);
    expect(await stand(fresh)).toEqual(first);
    expect((await stat(fresh)).mode & 0o777).toBe(0o700);
    expect((await stat(join(fresh, 'secrets.yaml'))).mode & 0o777).toBe(0o600);
  });

  test('puts state where main.yaml says', async () => {
    const { directory, write } = await house();
    const elsewhere = join(dirname(directory), 'elsewhere');
    const main = await readFile(join(directory, 'main.yaml'), 'utf8');
    await write('main.yaml', main.replace('...', `state: {directory: ${elsewhere}}\n...`));
    await rename(join(directory, 'state'), elsewhere);
    const first = await tree(elsewhere);
    const archive = await backUp(directory);
    await rm(elsewhere, { recursive: true });
    await restore(directory, archive);
    expect(await tree(elsewhere)).toEqual(first);
  });

  test('that moves the state can be undone', async () => {
    const { directory, write } = await house();
    const elsewhere = join(dirname(directory), 'elsewhere');
    const archive = await backUp(directory);
    const main = await readFile(join(directory, 'main.yaml'), 'utf8');
    await write('main.yaml', main.replace('...', `state: {directory: ${elsewhere}}\n...`));
    await mkdir(join(elsewhere, 'invites'), { recursive: true });
    await writeFile(join(elsewhere, 'invites', '33.json'), '{}');
    const { before } = await restore(directory, archive);
    expect(await readFile(join(directory, 'main.yaml'), 'utf8')).toBe(main);
    await restore(directory, before?.path ?? '');
    expect(await readdir(join(elsewhere, 'invites'))).toEqual(['33.json']);
  });

  test('takes away what the backup does not have', async () => {
    const furnished = await house();
    const { directory } = furnished;
    await rm(join(directory, 'secrets.yaml'));
    const first = await stand(directory);
    const archive = await backUp(directory);
    await changeAll(furnished);
    await restore(directory, archive);
    expect(await stand(directory)).toEqual(first);
  });

  test('is the way out when nothing loads, and keeps the text that does not', async () => {
    const { directory, write } = await house();
    const first = await stand(directory);
    const archive = await backUp(directory);
    await restore(directory, archive);
    await write('users.yaml', 'version: 1\nusers: {');
    await write('secrets.yaml', 'registry: changed\n');
    const rejected: string[] = [];
    const { before } = await restore(directory, archive, {
      onRejected: (_file, path) => rejected.push(path),
    });
    expect(await stand(directory)).toEqual(first);
    expect(await readFile(rejected[0] ?? '', 'utf8')).toBe('version: 1\nusers: {');
    await restore(directory, before?.path ?? '');
    expect(await stand(directory)).toEqual({ ...first, 'secrets.yaml': 'registry: changed\n' });
  });

  test('keeps secrets and state even where nothing has ever loaded', async () => {
    const { directory } = await house();
    const archive = await backUp(directory);
    await rm(join(directory, 'history'), { recursive: true, force: true });
    await writeFile(join(directory, 'main.yaml'), 'x');
    await writeFile(join(directory, 'secrets.yaml'), 'registry: changed\n');
    const { before } = await restore(directory, archive);
    expect(before?.isWhole).toBe(false);
    await expect(restore(directory, before?.path ?? '')).rejects.toThrow(
      /^The configuration in this backup does not load, so nothing was changed:/,
    );
  });

  test('asks with the backup checked and nothing changed', async () => {
    const furnished = await house();
    const { directory } = furnished;
    const archive = await backUp(directory);
    await changeAll(furnished);
    const all = await tree(dirname(directory));
    const counts: (number | undefined)[] = [];
    const restoring = restore(directory, archive, {
      agree: async ({ config, present }) => {
        counts.push(config.templates.size, (await present())?.templates.size);
        return false;
      },
    });
    await expect(restoring).rejects.toMatchObject({ code: 'cancelled' });
    expect(counts).toEqual([2, 1]);
    expect(await tree(dirname(directory))).toEqual(all);
  });

  test('keeps no more than three of what was there before', async () => {
    const { directory } = await house();
    const archive = await backUp(directory);
    const made: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      made.push((await restore(directory, archive)).before?.path ?? '');
    }
    expect(await backupsOfBefore(directory)).toEqual(made.slice(2));
  });
});

describe('all is restored, with a warning,', () => {
  test('where what is older cannot be removed', async () => {
    const { directory } = await house();
    const archive = await backUp(directory);
    for (const name of ['0', '1', '2']) {
      await mkdir(join(directory, 'history', `before-restore-${name}.tar.gz`), { recursive: true });
    }
    await writeFile(join(directory, 'secrets.yaml'), 'registry: changed\n');
    const { warnings } = await restore(directory, archive);
    expect(warnings).toEqual([expect.stringMatching(/^Older backups could not be removed: .*/)]);
    expect(await readFile(join(directory, 'secrets.yaml'), 'utf8')).toBe('registry: hunter2\n');
  });

  test('where the history cannot be written to its end', async () => {
    const furnished = await house();
    const { directory } = furnished;
    const first = await stand(directory);
    const archive = await backUp(directory);
    await changeAll(furnished);
    const disk = createDisk();
    const { warnings } = await restore(directory, archive, {
      disk: {
        ...disk,
        rename: (from, to) =>
          from.endsWith('/00000002.pending.json')
            ? Promise.reject(new Error('It cannot be done.'))
            : disk.rename(from, to),
      },
    });
    expect(warnings).toEqual([expect.stringMatching(/^The history could not be written to its/)]);
    expect(await stand(directory)).toEqual(first);
  });
});

describe('what was there before is kept where a restore fails', () => {
  const failure = (): Promise<never> => Promise.reject(new Error('It cannot be done'));

  test('once the configuration is restored', async () => {
    const furnished = await house();
    const { directory } = furnished;
    const archive = await backUp(directory);
    await changeAll(furnished);
    const real = createDisk();
    const disk: Disk = {
      ...real,
      rename: (from, to) =>
        from.endsWith('/.secrets.yaml.incoming') ? failure() : real.rename(from, to),
    };
    const restoring = restore(directory, archive, { disk });
    await expect(restoring).rejects.toThrow(/^The configuration is restored, but secrets and/);
    expect(await backupsOfBefore(directory)).toHaveLength(1);
  });

  test('with a file of the configuration restored, whose others follow', async () => {
    const furnished = await house();
    const { directory } = furnished;
    const first = await stand(directory);
    const archive = await backUp(directory);
    await changeAll(furnished);
    const real = createDisk();
    let count = 0;
    const disk: Disk = {
      ...real,
      exchange: (one, other) => {
        count += 1;
        return count === 1 ? real.exchange(one, other) : failure();
      },
      renameNew: (from, to) =>
        from.endsWith('.yaml.berth-new') ? failure() : real.renameNew(from, to),
    };
    await expect(restore(directory, archive, { disk })).rejects.toThrow('so did undoing it');
    expect(await stand(directory)).toEqual(first);
    expect(await backupsOfBefore(directory)).toHaveLength(1);
  });
});

describe('nothing is changed, and nothing is left behind,', () => {
  test('where the state would replace what this configuration does not use', async () => {
    const { directory, write } = await house();
    const elsewhere = join(dirname(directory), 'elsewhere');
    const main = await readFile(join(directory, 'main.yaml'), 'utf8');
    await write('main.yaml', main.replace('...', `state: {directory: ${elsewhere}}\n...`));
    await rename(join(directory, 'state'), elsewhere);
    const archive = await backUp(directory);
    const copy = join(dirname(directory), 'copy');
    const all = await tree(dirname(directory));
    const problem = {
      code: 'conflict',
      message: expect.stringContaining(`\n  mv ${elsewhere}/invites ${elsewhere}/invites.old\n`),
    };
    await expect(restore(copy, archive)).rejects.toMatchObject(problem);
    expect(await tree(dirname(directory))).toEqual(all);

    // Also where a configuration stands that has its state in another place.
    await write('main.yaml', main);
    await writeFile(join(elsewhere, 'invites', '33.json'), '{}');
    const changed = await tree(dirname(directory));
    await expect(restore(directory, archive)).rejects.toMatchObject(problem);
    expect(await tree(dirname(directory))).toEqual(changed);

    await rename(join(elsewhere, 'invites'), join(elsewhere, 'invites.old'));
    await rename(join(elsewhere, 'enrolments'), join(elsewhere, 'enrolments.old'));
    await restore(copy, archive);
    expect(await readdir(join(elsewhere, 'invites'))).toEqual(['00.json']);
  });

  test('while a server runs, which is named with how to stop it', async () => {
    const { directory } = await house();
    const archive = await backUp(directory);
    const lock = await acquireLock(join(directory, 'state'), 0);
    if (lock === 'held') throw new Error('Somebody holds it');
    onTestFinished(lock.release);
    const served = { pid: 7, url: 'http://127.0.0.1:1', revision: 'x', rejected: null };
    await writeFile(join(directory, 'state', 'serving.json'), JSON.stringify(served));
    const all = await tree(dirname(directory));
    await expect(restore(directory, archive)).rejects.toThrow(
      'A server at http://127.0.0.1:1 runs on this configuration. Stop it first: systemctl stop berthd, or: kill 7',
    );
    // Also where what main.yaml says now does not tell where the server has its state.
    await writeFile(join(directory, 'main.yaml'), 'x');
    await expect(restore(directory, archive)).rejects.toMatchObject({ code: 'conflict' });
    expect(await tree(dirname(directory))).toEqual({ ...all, 'config/main.yaml': 'x' });
  });

  test('while a server runs that has its state elsewhere than the backup', async () => {
    const { directory, write } = await house();
    const archive = await backUp(directory);
    const main = await readFile(join(directory, 'main.yaml'), 'utf8');
    await write('main.yaml', main.replace('...', 'state: {directory: other}\n...'));
    await mkdir(join(directory, 'other'));
    const lock = await acquireLock(join(directory, 'other'), 0);
    if (lock === 'held') throw new Error('Somebody holds it');
    onTestFinished(lock.release);
    await expect(restore(directory, archive)).rejects.toThrow(
      'A server runs on this configuration. Stop it first: systemctl stop berthd',
    );
  });

  test('where the archive is damaged', async () => {
    const { directory } = await house();
    const archive = await readFile(await backUp(directory));
    const all = await tree(dirname(directory));
    const restoring = restore(directory, Readable.from([archive.subarray(0, -100)]));
    await expect(restoring).rejects.toMatchObject({ code: 'bad_request' });
    expect(await tree(dirname(directory))).toEqual(all);
  });

  test('where the disk has no room to unpack the archive', async () => {
    const { directory } = await house();
    const { 'main.yaml': main = '', 'containers.yaml': containers = '' } = await stand(directory);
    const files = {
      'config/main.yaml': main,
      'config/containers.yaml': containers,
      'config/users.yaml': `version: 1\nusers: {}\n# ${'x'.repeat(1_000_000)}\n...\n`,
    };
    const small = join(dirname(directory), 'small');
    await mkdir(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]);
    onTestFinished(() => {
      execFileSync('umount', [small]);
    });
    await expect(restore(small, Readable.from([await honest(files)]))).rejects.toMatchObject({
      code: 'disk_full',
      message: `The disk is full: ${small} could not be written. Nothing was changed.`,
    });
    expect(await readdir(small)).toEqual([]);
  });

  test('where the configuration in it does not load', async () => {
    const { directory } = await house();
    const { 'main.yaml': main = '', 'containers.yaml': containers = '' } = await stand(directory);
    const files = {
      'config/main.yaml': main,
      'config/containers.yaml': containers,
      'config/users.yaml': 'version: 1\nusers: {x: 1}\n...\n',
    };
    const all = await tree(dirname(directory));
    const restoring = restore(directory, Readable.from([await honest(files)]));
    await expect(restoring).rejects.toThrow(
      /^The configuration in this backup does not load, so nothing was changed:\nThe configuration has .*\nusers.yaml:2:9/,
    );
    expect(await tree(dirname(directory))).toEqual(all);
  });

  test.each<[string, Partial<Disk>]>([
    [
      'the new secrets cannot be written',
      {
        create: (path) =>
          path.includes('.secrets.yaml')
            ? Promise.reject(new Error('It cannot be done'))
            : createDisk().create(path),
      },
    ],
    [
      'the configuration cannot be saved',
      { exchange: () => Promise.reject(new Error('It cannot be done')) },
    ],
  ])('where %s', async (_what, failing) => {
    const furnished = await house();
    const { directory } = furnished;
    const archive = await backUp(directory);
    await changeAll(furnished);
    const all = await stand(directory);
    const disk = { ...createDisk(), ...failing };
    await expect(restore(directory, archive, { disk })).rejects.toThrow('It cannot be done');
    expect(await stand(directory)).toEqual(all);
    expect(await backupsOfBefore(directory)).toEqual([]);
  });
});
