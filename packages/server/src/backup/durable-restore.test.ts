import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { dieRestoring } from './testing/die-restoring.ts';
import { durableSteps } from './testing/durable-steps.ts';
import { ALICE, backUp, changeAll, house } from './testing/house.ts';
import { restore } from './testing/restore.ts';

test('each step is on the disk before the next one relies on it', async () => {
  const furnished = await house();
  const { directory } = furnished;
  const archive = await backUp(directory);
  await changeAll(furnished);
  const { disk, done } = durableSteps(directory);
  await restore(directory, archive, { disk });
  expect(done().filter((step) => !/ history/.test(step))).toEqual([
    'sync STAGE/begun.json',
    'syncFolder STAGE',
    'makeFolder state/.enrolments.incoming',
    'sync state/.enrolments.incoming/11.json',
    'syncFolder state/.enrolments.incoming',
    'makeFolder state/.invites.incoming',
    'sync state/.invites.incoming/00.json',
    'syncFolder state/.invites.incoming',
    'sync .secrets.yaml.incoming',
    'syncFolder state',
    'syncFolder .',
    'rename STAGE/begun.json',
    'syncFolder STAGE',
    'syncFolder .',
    'sync .containers.yaml.berth-new',
    `sync users/.${ALICE}.yaml.berth-new`,
    'exchange containers.yaml',
    `renameNew users/.${ALICE}.yaml.berth-new`,
    'syncFolder .',
    'syncFolder users',
    'rename .containers.yaml.berth-new',
    'rename state/.enrolments.incoming',
    'rename state/invites',
    'rename state/.invites.incoming',
    'rename secrets.yaml',
    'rename .secrets.yaml.incoming',
    'syncFolder state',
    'syncFolder .',
    'rename STAGE/ready.json',
    'syncFolder STAGE',
  ]);
});

test('the folders that it makes are on the disk before anything is put into them', async () => {
  const { directory, write } = await house();
  const base = dirname(directory);
  const main = await readFile(join(directory, 'main.yaml'), 'utf8');
  await write('main.yaml', main.replace('...', `state: {directory: ${base}/var/berth}\n...`));
  const archive = await backUp(directory);
  const { disk, done } = durableSteps(base);
  await restore(join(base, 'new', 'config'), archive, { disk });
  expect(
    done().filter((step) => / (?:\.|new|var)$|^makeFolder [^.]+(?:config|berth)$/.test(step)),
  ).toEqual([
    'makeFolder new',
    'syncFolder .',
    'makeFolder new/config',
    'syncFolder new',
    'makeFolder var',
    'syncFolder .',
    'makeFolder var/berth',
    'syncFolder var',
  ]);
});

test('restores that are killed while they back up push out nothing that undoes another', async () => {
  const { directory } = await house();
  const archive = await backUp(directory);
  const kept = async (): Promise<string[]> =>
    (await readdir(join(directory, 'history'))).filter((name) =>
      name.startsWith('before-restore-'),
    );
  await restore(directory, archive);
  await restore(directory, archive);
  const whole = await kept();
  await dieRestoring(directory, archive, 'renameNew', '.berth-tmp');
  await dieRestoring(directory, archive, 'renameNew', '.berth-tmp');
  expect(await kept()).toEqual(whole);
  await restore(directory, archive);
  expect(await kept()).toEqual([...whole, expect.anything()]);
});
