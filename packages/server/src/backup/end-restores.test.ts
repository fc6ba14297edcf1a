import { chown, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acquireLock } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { describe, expect, test } from 'vitest';
import { endRestores } from './end-restores.ts';
import { findStages } from './stage.ts';
import { dieRestoring } from './testing/die-restoring.ts';
import { backUp, changeAll, house, stand } from './testing/house.ts';
import { restore } from './testing/restore.ts';

const ignore = (): void => {};

/** A backup, and a configuration in which everything has changed since. */
async function changedHouse(): Promise<{
  readonly directory: string;
  readonly archive: string;
  readonly old: Record<string, string>;
  readonly restored: Record<string, string>;
}> {
  const furnished = await house();
  const { directory } = furnished;
  const restored = await stand(directory);
  const archive = await backUp(directory);
  await changeAll(furnished);
  return { directory, archive, restored, old: await stand(directory) };
}

describe('a restore that is killed', () => {
  test.each([
    ['old', 'ask', ''],
    ['old', 'create', '/begun.json'],
    ['old', 'create', '/.invites.incoming/00.json'],
    ['old', 'rename', '/begun.json'],
    ['old', 'rename', '/.00000002.pending.json.new'],
    ['old', 'exchange', '/containers.yaml'],
    ['restored', 'renameNew', '.yaml.berth-new'],
    ['restored', 'rename', '/00000002.pending.json'],
    ['restored', 'rename', '/.enrolments.incoming'],
    ['restored', 'rename', '/invites'],
    ['restored', 'rename', '/.invites.incoming'],
    ['restored', 'rename', '/secrets.yaml'],
    ['restored', 'rename', '/.secrets.yaml.incoming'],
    ['restored', 'rename', '/ready.json'],
  ] as const)('leaves all %s where it dies before: %s %s', async (end, operation, path) => {
    const { directory, archive, ...stands } = await changedHouse();
    await dieRestoring(directory, archive, operation, path);
    await endRestores(directory, ignore);
    expect(await stand(directory)).toEqual(stands[end]);
    await restore(directory, archive);
    expect(await stand(directory)).toEqual(stands.restored);
  });

  test('is as nothing on a new machine, where its configuration had not come yet', async () => {
    const { directory, archive, restored } = await changedHouse();
    const fresh = join(dirname(directory), 'fresh');
    await dieRestoring(fresh, archive, 'renameNew', '/.main.yaml.berth-new');
    await endRestores(fresh, ignore);
    expect(await stand(fresh)).toEqual({});
    await restore(fresh, archive);
    expect(await stand(fresh)).toEqual(restored);
  });

  test('is ended on a new machine where some of its configuration had come', async () => {
    const { directory, archive, restored } = await changedHouse();
    const fresh = join(dirname(directory), 'fresh');
    await dieRestoring(fresh, archive, 'renameNew', '/.users.yaml.berth-new');
    await endRestores(fresh, ignore);
    expect(await stand(fresh)).toEqual(restored);
  });

  test('is ended also where somebody has changed what it had restored', async () => {
    const { directory, archive, restored } = await changedHouse();
    await dieRestoring(directory, archive, 'rename', '/.enrolments.incoming');
    const text = `# mine\n${restored['users.yaml'] ?? ''}`;
    await writeFile(join(directory, 'users.yaml'), text);
    await endRestores(directory, ignore);
    expect(await stand(directory)).toEqual({ ...restored, 'users.yaml': text });
  });

  test('is ended by who may, and nothing goes on before', async () => {
    const { directory, archive, restored } = await changedHouse();
    await dieRestoring(directory, archive, 'rename', '/.enrolments.incoming');
    const lock = await acquireLock(join(directory, 'state'), 0);
    if (lock === 'held') throw new Error('Somebody holds it');
    await expect(endRestores(directory, ignore)).rejects.toThrow(
      /^A restore of a backup was interrupted, .* with the server stopped, as the user who began it: berthd check --config .*\nA server runs on this/,
    );
    await lock.release();
    await endRestores(directory, ignore);
    expect(await stand(directory)).toEqual(restored);
  });
});

test('root does not carry out what another user has left in the folder', async () => {
  const { directory, archive, old } = await changedHouse();
  await dieRestoring(directory, archive, 'rename', '/.enrolments.incoming');
  const between = await stand(directory);
  expect(between).not.toEqual(old);
  const [stage = ''] = await findStages(directory);
  await chown(stage, 65_534, 65_534);
  await expect(endRestores(directory, ignore)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('by the user with the id 65534, who has to end it'),
  });
  expect(await stand(directory)).toEqual(between);
});

test('a restore that still runs is left alone', async () => {
  const { directory, archive, restored } = await changedHouse();
  await restore(directory, archive, {
    agree: async () => {
      await endRestores(directory, ignore);
      return true;
    },
  });
  expect(await stand(directory)).toEqual(restored);
});

test('what fails once the configuration stands is done by the next command', async () => {
  const { directory, archive, restored } = await changedHouse();
  const disk = createDisk();
  const restoring = restore(directory, archive, {
    disk: {
      ...disk,
      rename: (from, to) =>
        from.endsWith('.incoming')
          ? Promise.reject(new Error('It cannot be done.'))
          : disk.rename(from, to),
    },
  });
  await expect(restoring).rejects.toThrow(
    'The configuration is restored, but secrets and state are not yet: the next berthd command does that. It cannot be done.',
  );
  await endRestores(directory, ignore);
  expect(await stand(directory)).toEqual(restored);
});

test('a folder that there is not has nothing to end', async () => {
  const { directory } = await house();
  await endRestores(join(directory, 'none'), ignore);
  expect(await readdir(directory)).not.toContain('none');
});
