import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordsIn, walkBack } from '../history/testing/walk.ts';
import { ALICE, BOB, TEAM_USERS, teamFolder } from '../testing/team.ts';
import type { Edit } from './edit.ts';
import { loadConfig } from './load.ts';
import { leftIn } from './testing/fault-trials.ts';
import { openStore } from './testing/open-store.ts';

const author = { by: 'kim', what: 'disable bob' };
const disableBob = (edit: Edit): void => {
  edit.set('users.yaml', ['users', BOB, 'disabled'], true);
};

function mount(args: readonly string[], at: string): void {
  execFileSync('mount', [...args, at]);
  onTestFinished(() => {
    execFileSync('umount', [at]);
  });
}

/** Fills the disk but for about `room` bytes. */
async function fill(path: string, room: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  await writeFile(path, 'x'.repeat(bavail * bsize - room));
}

const isDisabled = async (directory: string): Promise<boolean | undefined> =>
  (await loadConfig(directory)).accounts.get(BOB)?.disabled;

test('a file keeps its mode and its owner', async () => {
  const { directory } = await teamFolder();
  const path = join(directory, 'users.yaml');
  await chmod(path, 0o640);
  await chown(path, 1234, 2345);
  const { store } = await openStore(directory);
  await store.edit(author, disableBob);
  expect(await isDisabled(directory)).toBe(true);
  const { mode, uid, gid } = await stat(path);
  expect([mode & 0o7777, uid, gid]).toEqual([0o640, 1234, 2345]);
});

test('a new file is its owner’s alone', async () => {
  const { directory } = await teamFolder();
  const { store } = await openStore(directory);
  await store.edit(author, (edit) => {
    edit.set(`users/${ALICE}.yaml`, ['limits', 'cpus'], 8);
  });
  expect((await stat(join(directory, 'users', `${ALICE}.yaml`))).mode & 0o7777).toBe(0o600);
});

test.each([
  ['in the same file system', false],
  ['in another file system', true],
])('a link to a file %s stays a link', async (_, isOther) => {
  const { directory } = await teamFolder();
  const path = join(directory, 'users.yaml');
  const real = join(directory, 'elsewhere');
  await mkdir(real);
  if (isOther) mount(['-t', 'tmpfs', 'tmpfs'], real);
  await writeFile(join(real, 'people.yaml'), TEAM_USERS);
  await rename(path, join(directory, 'users.yaml~'));
  await symlink('elsewhere/people.yaml', path);
  const { store, notices } = await openStore(directory);
  await store.edit(author, disableBob);
  await writeFile(path, (await readFile(path, 'utf8')).replace('# founder', '# ours'));
  await store.edit(author, (edit) => {
    edit.set('users.yaml', ['users', ALICE, 'disabled'], true);
  });
  expect((await lstat(path)).isSymbolicLink()).toBe(true);
  expect(await readdir(real)).toEqual(['people.yaml']);
  expect(await readFile(join(real, 'people.yaml'), 'utf8')).toContain('# ours');
  expect(await isDisabled(directory)).toBe(true);
  expect(notices.map(({ kind }) => kind)).not.toContain('rejected');
  expect((await recordsIn(directory)).map(({ by }) => by)).toEqual([
    'berthd',
    'kim',
    'by hand',
    'kim',
  ]);
  expect((await walkBack(directory)).at(-1)?.get('users.yaml')).toBe(TEAM_USERS);
});

test('what a hand saved to a file in another file system is put aside as elsewhere', async () => {
  const { directory } = await teamFolder();
  const real = join(directory, 'elsewhere');
  await mkdir(real);
  mount(['-t', 'tmpfs', 'tmpfs'], real);
  await writeFile(join(real, 'people.yaml'), TEAM_USERS);
  await rename(join(directory, 'users.yaml'), join(directory, 'users.yaml~'));
  await symlink('elsewhere/people.yaml', join(directory, 'users.yaml'));
  await writeFile(join(real, '.people.yaml.berth-new'), 'by hand');
  const { notices } = await openStore(directory);
  const rejected = notices.find((notice) => notice.kind === 'rejected');
  expect(await readFile(rejected?.path ?? '', 'utf8')).toBe('by hand');
  expect(await readdir(real)).toEqual(['people.yaml']);
});

test('a folder that may only be read is read', async () => {
  const { directory } = await teamFolder();
  mount(['--bind', directory], directory);
  execFileSync('mount', ['-o', 'remount,bind,ro', directory]);
  const { store, notices } = await openStore(directory);
  expect(store.current().accounts.size).toBe(2);
  await store.reload();
  expect(store.rejection()).toBeUndefined();
  expect(notices).toEqual([]);
  await expect(store.edit(author, disableBob)).rejects.toMatchObject({
    code: 'disk_failed',
    message: expect.stringMatching(
      /\.lock is on a file system that is mounted read-only\. Nothing/,
    ),
  });
});

test.each<[string, (edit: Edit) => void, string]>([
  ['changed', disableBob, 'users.yaml'],
  [
    'removed',
    (edit) => {
      edit.removeFile(`users/${BOB}.yaml`);
    },
    `users/${BOB}.yaml`,
  ],
])(
  'a file that is mounted by itself and to be %s is told with what to do',
  async (_, change, file) => {
    const { directory, text } = await teamFolder();
    const path = join(directory, file);
    const before = await text(file);
    mount(['--bind', path], path);
    const { store } = await openStore(directory);
    await expect(store.edit(author, change)).rejects.toMatchObject({
      code: 'disk_failed',
      message: `${path} is mounted by itself, as a single file, so it cannot be replaced. Mount its folder instead. Nothing was changed.`,
    });
    expect(await text(file)).toBe(before);
    expect(await leftIn(directory)).toEqual([]);
  },
);

test('a full disk is told, and leaves every byte as it was', async () => {
  const { directory } = await teamFolder();
  const small = join(directory, 'small');
  await mkdir(small);
  mount(['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs'], small);
  for (const name of ['main.yaml', 'containers.yaml']) {
    await writeFile(join(small, name), await readFile(join(directory, name)));
  }
  const users = TEAM_USERS.replace('# the team', `# ${'x'.repeat(40_000)}`);
  await writeFile(join(small, 'users.yaml'), users);
  const { store } = await openStore(small);
  await fill(join(small, 'ballast'), 12_000);
  await expect(store.edit(author, disableBob)).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringMatching(/^The disk is full: .* Nothing was changed\.$/),
  });
  expect(await readFile(join(small, 'users.yaml'), 'utf8')).toBe(users);
  expect(store.current().accounts.get(BOB)?.disabled).toBe(false);
  expect((await leftIn(small)).filter((name) => name !== 'ballast')).toEqual([]);
  await writeFile(join(small, 'ballast'), '');
  await store.edit(author, disableBob);
  expect(await isDisabled(small)).toBe(true);
});
