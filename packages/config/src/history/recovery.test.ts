import { link, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../disk/disk.ts';
import { asideOf, createDisk } from '../disk/exchange.ts';
import type { Edit } from '../store/edit.ts';
import { leftIn } from '../store/testing/fault-trials.ts';
import { interceptDisk, type Operation } from '../store/testing/intercepted-disk.ts';
import { ALICE, BOB, BOBS_FILE, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { openStore } from '../store/testing/open-store.ts';

const BOBS = `users/${BOB}.yaml`;
const TEMPORARY = '.users.yaml.berth-new';
const HAND = TEAM_USERS.replace('# founder', '# by hand');

const disableBob = (edit: Edit): void => {
  edit.set('users.yaml', ['users', BOB, 'disabled'], true);
};

const removeBobs = (edit: Edit): void => {
  edit.removeFile(BOBS);
};

/** Edits as a process does that dies before the first operation of which `isLast` is true. */
async function dieIn(
  directory: string,
  change: (edit: Edit) => void,
  isLast: (operation: Operation) => boolean,
  disk: Disk = createDisk(),
): Promise<void> {
  let isOn = false;
  let isDead = false;
  const dying = interceptDisk(disk, async (operation) => {
    isDead ||= isOn && isLast(operation);
    if (isDead) throw new Error(`Dead before ${operation.name}`);
  });
  const { store } = await openStore(directory, dying);
  isOn = true;
  await expect(store.edit({ by: 'kim', what: 'change something' }, change)).rejects.toBeInstanceOf(
    Error,
  );
  store.close();
}

/** What the next process finds, and leaves. */
async function after(directory: string): Promise<{
  readonly users: string;
  readonly copy: string;
  readonly left: string[];
  readonly aside: string[];
}> {
  const { notices } = await openStore(directory);
  const paths = notices.flatMap((notice) => (notice.kind === 'rejected' ? [notice.path] : []));
  return {
    users: await readFile(join(directory, 'users.yaml'), 'utf8'),
    copy: await readFile(join(directory, 'history', 'last', 'users.yaml'), 'utf8'),
    left: (await leftIn(directory)).filter((name) => !name.startsWith('history/rejected-')),
    aside: await Promise.all(paths.map((path) => readFile(path, 'utf8'))),
  };
}

const isAt =
  (name: Operation['name'], end: string) =>
  (operation: Operation): boolean =>
    operation.name === name && operation.path.endsWith(end);

/** The first look at what was exchanged. */
function isAfterExchange(): (operation: Operation) => boolean {
  let isExchanged = false;
  return ({ name }) => {
    const isIt = isExchanged;
    isExchanged ||= name === 'exchange';
    return isIt;
  };
}

describe('of a process that died in an edit', () => {
  test('the new file goes, where it was not put in place', async () => {
    const { directory } = await teamFolder();
    await dieIn(directory, disableBob, isAt('exchange', 'users.yaml'));
    expect(await readFile(join(directory, TEMPORARY), 'utf8')).toContain('disabled: true');
    const { users, left, aside } = await after(directory);
    expect([users, left, aside]).toEqual([TEAM_USERS, [], []]);
  });

  test('half of a new file goes', async () => {
    const { directory } = await teamFolder();
    await dieIn(directory, disableBob, isAt('write', TEMPORARY));
    expect((await readFile(join(directory, TEMPORARY), 'utf8')).length).toBeGreaterThan(100);
    const { users, left, aside } = await after(directory);
    expect([users, left, aside]).toEqual([TEAM_USERS, [], []]);
  });

  test('the version that was replaced becomes the copy of the file', async () => {
    const { directory, change, text } = await teamFolder();
    await change((edit) => {
      edit.set('users.yaml', ['users', ALICE, 'disabled'], false);
    });
    const before = await text('users.yaml');
    await dieIn(directory, disableBob, isAfterExchange());
    expect(await text(TEMPORARY)).toBe(before);
    const { users, copy, left, aside } = await after(directory);
    expect(users).toContain('disabled: true');
    expect([copy, left, aside]).toEqual([before, [], []]);
  });

  test('the file that was to go is gone, and becomes the copy', async () => {
    const { directory } = await teamFolder();
    let isRenamed = false;
    await dieIn(directory, removeBobs, ({ name, path }) => {
      const isIt = isRenamed;
      isRenamed ||= name === 'rename' && path.endsWith(BOBS);
      return isIt;
    });
    expect(await leftIn(directory)).toContain(`users/.${BOB}.yaml.berth-new`);
    const { left, aside } = await after(directory);
    expect([left, aside]).toEqual([[], []]);
    const copy = join(directory, 'history', 'last', BOBS.replace('/', '-'));
    expect(await readFile(copy, 'utf8')).toBe(BOBS_FILE);
    await expect(readFile(join(directory, BOBS))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('what somebody had saved in that moment is put aside', async () => {
    const { directory } = await teamFolder();
    const disk = createDisk();
    const path = join(directory, 'users.yaml');
    await dieIn(directory, disableBob, isAfterExchange(), {
      ...disk,
      exchange: async (one, other) => {
        await writeFile(`${path}~`, HAND);
        await rename(`${path}~`, path);
        await disk.exchange(one, other);
      },
    });
    const { users, left, aside } = await after(directory);
    expect(users).toContain('disabled: true');
    expect([left, aside]).toEqual([[], [HAND]]);
  });

  test.each([
    ['before it put the new file there', false],
    ['before it put the old one aside', true],
  ])(
    'the second name of the old file goes, where files cannot be exchanged: %s',
    async (_, isNew) => {
      const { directory } = await teamFolder();
      await dieIn(directory, disableBob, isAfterExchange(), {
        ...createDisk(),
        exchange: async (one, other) => {
          await link(other, asideOf(one));
          if (isNew) await rename(one, other);
          throw new Error('Dead');
        },
      });
      const { users, copy, left, aside } = await after(directory);
      expect(users.includes('disabled: true')).toBe(isNew);
      expect([copy, left, aside]).toEqual([TEAM_USERS, [], []]);
    },
  );

  test.each(['history/.00000002.pending.json.new', `history/last/.users-${ALICE}.yaml.new`])(
    'what it was writing to the history goes: %s',
    async (name) => {
      const { directory } = await teamFolder();
      const addOwn = (edit: Edit): void => {
        edit.set(`users/${ALICE}.yaml`, ['limits', 'cpus'], 8);
      };
      let isOn = false;
      let isDead = false;
      const dying = interceptDisk(createDisk(), async (operation) => {
        isDead ||= isOn && isAt('write', name)(operation);
        if (isDead) throw new Error('Dead');
      });
      const { store } = await openStore(directory, dying);
      isOn = true;
      // It may have come about: its files are written before the last of the history.
      await Promise.allSettled([store.edit({ by: 'kim', what: 'add a file' }, addOwn)]);
      store.close();
      expect(await leftIn(directory)).toContain(name);
      const { left, aside } = await after(directory);
      expect([left, aside]).toEqual([[], []]);
    },
  );
});

test('a text that nobody’s edit explains is put aside, whoever wrote it', async () => {
  const { directory } = await teamFolder();
  (await openStore(directory)).store.close();
  await writeFile(join(directory, TEMPORARY), HAND);
  const { users, left, aside } = await after(directory);
  expect([users, left, aside]).toEqual([TEAM_USERS, [], [HAND]]);
});

test('the temporary files of others stay', async () => {
  const { directory } = await teamFolder();
  const others = ['.users.yaml.swp', 'users.yaml~', '.other.yaml.berth-new', 'users/.4913'];
  for (const name of others) await writeFile(join(directory, name), 'x');
  const { left } = await after(directory);
  expect(left.toSorted()).toEqual(others.toSorted());
});

test('an edit finds what is left of the file it changes, also while the program runs', async () => {
  const { directory } = await teamFolder();
  const { store, notices } = await openStore(directory);
  await writeFile(join(directory, TEMPORARY), HAND);
  await store.edit({ by: 'kim', what: 'disable bob' }, disableBob);
  expect(notices.map(({ kind }) => kind)).toContain('rejected');
  expect(await leftIn(directory)).toEqual([expect.stringMatching(/^history\/rejected-/)]);
});
