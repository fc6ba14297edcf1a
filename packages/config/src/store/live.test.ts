import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDisk } from '../disk/exchange.ts';
import { recordsIn } from '../history/testing/walk.ts';
import { ALICE, BOB, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { type ConfigStore } from './store.ts';
import { openStore } from './testing/open-store.ts';

const OWN = `users/${ALICE}.yaml`;
const cpus = (count: number): string => `version: 1\nlimits: {cpus: ${count}}\n...\n`;
const cpusOf = (store: ConfigStore): number | undefined =>
  store.current().accounts.get(ALICE)?.limits.cpus;

test('a change that comes after its file was looked at, but before the rest, is not missed', async () => {
  const { directory, write } = await teamFolder({ [OWN]: cpus(1) });
  // Long ago: it need not be read to see that it is the same.
  await utimes(join(directory, OWN), 1e9, 1e9);
  const disk = createDisk();
  let again: Promise<void> | undefined;
  let isOn = false;
  const { store } = await openStore(directory, {
    ...disk,
    stat: async (path) => {
      const stamp = await disk.stat(path);
      if (isOn && path.endsWith(OWN)) {
        isOn = false;
        await write(OWN, cpus(3));
        again = store.reload();
      }
      return stamp;
    },
  });
  isOn = true;
  await store.reload();
  await again;
  expect(again).toBeDefined();
  expect(cpusOf(store)).toBe(3);
});

test('an edit sees what other programs have changed since', async () => {
  const { directory } = await teamFolder();
  const one = await openStore(directory);
  const two = await openStore(directory);
  await two.store.edit({ by: 'lee', what: 'give alice a file' }, (edit) => {
    edit.set(OWN, ['limits', 'cpus'], 7);
  });
  await one.store.edit({ by: 'kim', what: 'give alice more' }, (edit) => {
    const before = edit.config.accounts.get(ALICE)?.limits.cpus;
    edit.set(OWN, ['limits', 'cpus'], Number(before) + 1);
  });
  expect(cpusOf(one.store)).toBe(8);
});

test('what was changed by hand while no program ran is recorded when one opens the folder', async () => {
  const { directory, write, text } = await teamFolder();
  (await openStore(directory)).store.close();
  await write('users.yaml', TEAM_USERS.replace('# founder', '# ours'));
  await write(OWN, cpus(5));
  await rm(join(directory, `users/${BOB}.yaml`));
  const { store } = await openStore(directory);
  expect(cpusOf(store)).toBe(5);
  const [, record, ...others] = await recordsIn(directory);
  expect(others).toEqual([]);
  expect(record?.by).toBe('by hand');
  expect(record?.files.map(({ file }) => file).toSorted()).toEqual([
    'users.yaml',
    OWN,
    `users/${BOB}.yaml`,
  ]);
  expect(await text('users.yaml')).toContain('# ours');
});

test('a file that an edit removed and a hand puts back is recorded as come', async () => {
  const { directory, write, change, text } = await teamFolder();
  const own = await text(`users/${BOB}.yaml`);
  await change((edit) => {
    edit.removeFile(`users/${BOB}.yaml`);
  });
  const { store } = await openStore(directory);
  await write(`users/${BOB}.yaml`, own);
  await store.reload();
  const records = await recordsIn(directory);
  expect(records.map(({ by }) => by)).toEqual(['berthd', 'kim', 'by hand']);
});

test('a text is kept that a hand takes back who opened what stood in its place for a moment', async () => {
  const { directory, write, text } = await teamFolder();
  const saved = TEAM_USERS.replace('# founder', '# founder, away until May');
  const disk = createDisk();
  let exchanges = 0;
  let opened = '';
  const { store, notices } = await openStore(directory, {
    ...disk,
    exchange: async (one, other) => {
      exchanges += 1;
      if (exchanges === 1) await write('users.yaml', saved);
      if (exchanges === 2) opened = await text('users.yaml');
      await disk.exchange(one, other);
    },
  });
  await store.edit({ by: 'kim', what: 'disable bob' }, (edit) => {
    edit.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  expect(opened).toMatch(/disabled: true/);
  expect(opened).not.toContain('away until May');
  await write('users.yaml', opened.replace('# founder', '# founder, away until June'));
  await store.reload();
  expect(store.current().accounts.get(BOB)?.disabled).toBe(true);
  const kept = notices.find((notice) => notice.kind === 'rejected');
  expect(await readFile(kept?.path ?? '', 'utf8')).toBe(saved);
});

test('who opens the folder while somebody writes a file where it stands waits for the rest', async () => {
  const { directory, write, text } = await teamFolder();
  const whole = await text('users.yaml');
  await write('users.yaml', whole.slice(0, whole.length / 2));
  const disk = createDisk();
  let looks = 0;
  const { store } = await openStore(directory, {
    ...disk,
    stat: async (path) => {
      if (path.endsWith('users.yaml') && (looks += 1) === 2) await write('users.yaml', whole);
      return disk.stat(path);
    },
  });
  expect(store.current().accounts.get(ALICE)).toBeDefined();
  expect(looks).toBeGreaterThan(1);
});

test('a reload that the disk fails leaves what runs, and the next takes up what a hand saved', async () => {
  const { directory, write } = await teamFolder();
  await mkdir(join(directory, 'users'), { recursive: true });
  const disk = createDisk();
  let failing = '';
  const { store, notices } = await openStore(directory, {
    ...disk,
    read: async (path) => {
      if (failing !== '' && path.endsWith(failing)) {
        throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read', path });
      }
      return disk.read(path);
    },
  });
  const before = store.current();
  await write('users.yaml', TEAM_USERS.replace('username: bob', 'username: bobby'));
  failing = 'users.yaml';
  await store.reload();
  await store.reload();
  expect(store.current()).toBe(before);
  expect(store.rejection()?.message).toContain('cannot be read now');
  expect(notices.map(({ kind }) => kind)).toEqual(['unreadable']);
  failing = '';
  await store.reload();
  expect(store.rejection()).toBeUndefined();
  expect(store.current().accounts.get(BOB)?.username).toBe('bobby');
});

test('what a hand saved is in force also where it cannot be recorded, and is recorded later', async () => {
  const { directory, write } = await teamFolder();
  const disk = createDisk();
  let isFull = false;
  const { store, notices } = await openStore(directory, {
    ...disk,
    create: async (path) => {
      if (isFull)
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'open', path });
      return disk.create(path);
    },
  });
  isFull = true;
  await write('users.yaml', TEAM_USERS.replace('username: bob', 'username: bobby'));
  await store.reload();
  expect(store.current().accounts.get(BOB)?.username).toBe('bobby');
  expect(notices.map(({ kind }) => kind)).toEqual(['loaded', 'unrecorded']);
  const edit = store.edit({ by: 'kim', what: 'disable bob' }, (change) => {
    change.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  await expect(edit).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringMatching(/^The disk is full: .* Nothing was changed\.$/),
  });
  isFull = false;
  await store.reload();
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual(['berthd', 'by hand']);
});

test('a file that goes while it is read is gone', async () => {
  const { directory } = await teamFolder({ [OWN]: cpus(1) });
  const disk = createDisk();
  let isGoing = false;
  const { store } = await openStore(directory, {
    ...disk,
    read: async (path) => {
      if (isGoing && path.endsWith(OWN)) await rm(path);
      return disk.read(path);
    },
  });
  await writeFile(join(directory, OWN), cpus(2));
  isGoing = true;
  await store.reload();
  expect(store.rejection()).toBeUndefined();
  expect(cpusOf(store)).toBe(4);
});

test('an edit gives up when somebody saves by hand all the time', async () => {
  const { directory, write, text } = await teamFolder();
  const disk = createDisk();
  let saves = 0;
  const { store } = await openStore(directory, {
    ...disk,
    exchange: async (one, other) => {
      if ((await disk.read(one)).includes('disabled: true')) {
        saves += 1;
        await write('users.yaml', `# save ${saves}\n${TEAM_USERS}`);
      }
      await disk.exchange(one, other);
    },
  });
  const edit = store.edit({ by: 'kim', what: 'disable bob' }, (change) => {
    change.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  await expect(edit).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('saves the configuration by hand all the time'),
  });
  expect(saves).toBeGreaterThan(10);
  expect(await text('users.yaml')).toBe(`# save ${saves}\n${TEAM_USERS}`);
});

test('a part of an edit that can be neither finished nor undone is finished by the next', async () => {
  const { directory, text } = await teamFolder();
  const disk = createDisk();
  let left = Infinity;
  const { store } = await openStore(directory, {
    ...disk,
    exchange: async (one, other) => {
      left -= 1;
      if (left < 0) {
        throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename', path: other });
      }
      await disk.exchange(one, other);
    },
  });
  left = 1;
  const edit = store.edit({ by: 'kim', what: 'use a new template' }, (change) => {
    change.set('users.yaml', ['users', ALICE, 'containers'], ['fresh']);
    change.set('containers.yaml', ['containers', 'fresh'], { image: 'fresh' });
  });
  await expect(edit).rejects.toMatchObject({
    code: 'disk_failed',
    message: expect.stringMatching(/^The disk failed: EIO\. A part of the change stands already/),
  });
  expect(await text('containers.yaml')).not.toContain('fresh');
  left = Infinity;
  await store.edit({ by: 'kim', what: 'disable bob' }, (change) => {
    change.set('users.yaml', ['users', BOB, 'disabled'], true);
  });
  expect(await text('containers.yaml')).toContain('fresh');
  expect(store.current().accounts.get(ALICE)?.templates).toEqual(new Set(['fresh']));
  expect((await recordsIn(directory)).map(({ what }) => what)).toEqual([
    'start the history',
    'use a new template',
    'disable bob',
  ]);
});
