import { pbkdf2Sync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ended } from '@berth/testbed/program';
import { describe, expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';

const PASSWORD = 'correct horse';

/** A hash as an older program made it: with fewer rounds than ours. */
const OLD_HASH = ((): string => {
  const salt = Buffer.alloc(16, 7);
  const key = pbkdf2Sync(PASSWORD, salt, 100_000, 32, 'sha256');
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$pbkdf2-sha256$i=100000,l=32$${text(salt)}$${text(key)}`;
})();

const withHash = (hash: string): Promise<Berthd> =>
  berthdFolder({
    'users.yaml': `version: 1
users:
  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162:
    username: alice   # as in mail
    password_hash: "${hash}"   # from the old server
...
`,
  });

const SET = 'alice has a new password. Their next login has to set another.\n';

const usersOf = ({ directory }: Berthd): Promise<string> =>
  readFile(join(directory, 'users.yaml'), 'utf8');

const verify = (berthd: Berthd, input: string, ...more: string[]): Promise<Ended> =>
  berthd.run(['user', 'password', 'alice', '--verify', '--password-stdin', ...more], { input });

describe('a new password', () => {
  test('comes from standard input, and is not shown', async () => {
    const berthd = await berthdFolder();
    const set = await berthd.run(['user', 'password', 'alice', '--password-stdin'], {
      input: `${PASSWORD}\r\n`,
    });
    expect(set).toEqual({ code: 0, stdout: SET, stderr: '' });
    expect((await verify(berthd, PASSWORD)).code).toBe(0);
    expect(await usersOf(berthd)).toContain('change_password: true');
  });

  test('can be made, and is shown once', async () => {
    const berthd = await berthdFolder();
    const { stdout } = await berthd.run(['user', 'password', 'alice', '--random']);
    const [, password = ''] =
      /^alice has a new password\. Their next login has to set another\.\n\n {2}Password: (\w{20})\n\nIt is shown only now; only its hash was stored\.\n$/.exec(
        stdout,
      ) ?? [];
    expect((await verify(berthd, password)).code).toBe(0);
    const again = await berthd.run(['user', 'password', 'alice', '--random', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      username: 'alice',
      password: expect.stringMatching(/^\w{20}$/),
    });
  });

  test('may be one to keep', async () => {
    const berthd = await withHash(OLD_HASH);
    await berthd.run(['user', 'password', 'alice', '--random']);
    const args = ['user', 'password', 'alice', '--random', '--no-change', '--json'];
    const { stdout } = await berthd.run(args);
    expect(JSON.parse(stdout)).toMatchObject({ change_password: false });
    expect(await usersOf(berthd)).not.toContain('change_password');
  });

  test('can be taken away', async () => {
    const berthd = await withHash(OLD_HASH);
    await berthd.run(['user', 'password', 'alice', '--random']);
    const removed = await berthd.run(['user', 'password', 'alice', '--remove']);
    expect(removed.stdout).toBe(
      'alice has no password any more; their clients come in as before.\n',
    );
    expect(await usersOf(berthd)).not.toContain('password');
    expect(await verify(berthd, PASSWORD)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'berthd: alice has no password.\n',
    });
    const { stdout } = await berthd.run(['user', 'password', 'alice', '--remove', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ has_password: false });
  });

  test.each([
    [
      ['alice'],
      2,
      'berthd: There is no terminal to ask for a password on. Add --random, --password-stdin or --remove.\n',
    ],
    [
      ['alice', '--verify'],
      2,
      'berthd: There is no terminal to ask for a password on. Add --password-stdin.\n',
    ],
    [
      ['alice', '--verify', '--random'],
      2,
      "berthd: Option '--verify' cannot be used with option '--random'.\nTo see what is possible: berthd user password --help\n",
    ],
    [['alise', '--random'], 1, 'berthd: There is no user "alise". Did you mean "alice"?\n'],
  ])('%j is refused', async (args, code, stderr) => {
    const berthd = await withHash(OLD_HASH);
    expect(await berthd.run(['user', 'password', ...args])).toEqual({ code, stdout: '', stderr });
  });
});

describe('on a terminal', () => {
  const QUESTION = /New password: $/;
  const AGAIN = /The same again: $/;

  test('it is asked for twice, not shown, and can be corrected', async () => {
    const berthd = await berthdFolder();
    const { child, ended, printed } = berthd.start(['user', 'password', 'alice'], {
      terminal: true,
    });
    await printed(QUESTION);
    child.stdin.write('oh no\u0015correct horsx\u007Fe\r');
    await printed(AGAIN);
    child.stdin.write(`${PASSWORD}\r`);
    expect(await ended).toEqual({
      code: 0,
      stdout:
        'New password: \r\nThe same again: \r\nalice has a new password. Their next login has to set another.\r\n',
      stderr: '',
    });
    expect((await verify(berthd, PASSWORD)).code).toBe(0);
  });

  test('both can be pasted at once, and in any script', async () => {
    const berthd = await berthdFolder();
    const { child, ended, printed } = berthd.start(['user', 'add', 'bob', '--allow', 'lab'], {
      terminal: true,
    });
    await printed(QUESTION);
    child.stdin.write('пароль-🔑-ключ\nпароль-🔑-ключ\n');
    expect(await ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/again: \r\nAdded bob/),
    });
  });

  test('two different ones change nothing', async () => {
    const berthd = await berthdFolder();
    const before = await usersOf(berthd);
    const { child, ended, printed } = berthd.start(['user', 'password', 'alice'], {
      terminal: true,
    });
    await printed(QUESTION);
    child.stdin.write('correct horse\rcorrect house\r');
    expect(await ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('These were two different passwords. Nothing was changed.'),
    });
    expect(await usersOf(berthd)).toBe(before);
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s ends it', async (_, key) => {
    const berthd = await berthdFolder();
    const { child, ended, printed } = berthd.start(['user', 'password', 'alice'], {
      terminal: true,
    });
    await printed(QUESTION);
    child.stdin.write(`corr${key}`);
    expect(await ended).toEqual({
      code: 1,
      stdout: 'New password: \r\nberthd: Cancelled. Nothing was changed.\r\n',
      stderr: '',
    });
  });

  test('one to be checked is asked for once', async () => {
    const berthd = await withHash(OLD_HASH);
    const { child, ended, printed } = berthd.start(['user', 'password', 'alice', '--verify'], {
      terminal: true,
    });
    await printed(/^Password: $/);
    child.stdin.write('correct house\r');
    expect(await ended).toMatchObject({
      code: 1,
      stdout: 'Password: \r\nberthd: The password is wrong.\r\n',
    });
  });
});

describe('--verify', () => {
  test('replaces the hash of an older program, and leaves the rest of the line', async () => {
    const berthd = await withHash(OLD_HASH);
    expect(await verify(berthd, PASSWORD)).toEqual({
      code: 0,
      stdout: 'The password is right. A stronger hash of it was stored.\n',
      stderr: '',
    });
    const users = await usersOf(berthd);
    expect(users).toMatch(/"\$pbkdf2-sha256\$i=600000,l=32\$.*" {3}# from the old server\n/);
    expect(await verify(berthd, PASSWORD, '--json')).toMatchObject({
      code: 0,
      stdout: '{"ok":true,"rehashed":false}\n',
    });
    expect(await usersOf(berthd)).toBe(users);
  });

  test('of a wrong password fails, and leaves the hash', async () => {
    const berthd = await withHash(OLD_HASH);
    const before = await usersOf(berthd);
    expect(await verify(berthd, 'correct house', '--json')).toEqual({
      code: 1,
      stdout: '{"ok":false,"reason":"wrong"}\n',
      stderr: '',
    });
    expect(await verify(berthd, 'correct house')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'berthd: The password is wrong.\n',
    });
    expect(await usersOf(berthd)).toBe(before);
  });

  test('says why no password opens a hash', async () => {
    const berthd = await withHash(OLD_HASH.replace('i=100000', 'i=1'));
    expect(await verify(berthd, PASSWORD)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'berthd: The stored hash has 1 round of PBKDF2; at least 100000 are needed. Set a new password.\n',
    });
  });
});
