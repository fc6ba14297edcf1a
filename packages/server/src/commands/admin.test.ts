import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';
import { expectRefusal, textOf } from '../testing/printed.ts';

const mainOf = ({ directory }: Berthd): Promise<string> =>
  readFile(join(directory, 'main.yaml'), 'utf8');

test('the admin gets another name, and the rest of main.yaml stays', async () => {
  const berthd = await berthdFolder();
  const before = await mainOf(berthd);
  expect(await berthd.run(['admin', 'name', 'root'])).toEqual({
    code: 0,
    stdout: 'The admin is now called root.\n',
    stderr: '',
  });
  expect(await mainOf(berthd)).toBe(before.replace('username: admin', 'username: root'));
  const { stdout } = await berthd.run(['admin', 'name', 'boss', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    username: 'boss',
    revision: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

test('no user can be called like the admin, nor the admin like a user', async () => {
  const berthd = await berthdFolder();
  const before = [await mainOf(berthd), await textOf(berthd, 'users.yaml')];
  const taken = `berthd: The built-in admin is called admin. Take another name, or give the admin one: berthd admin name NAME --config ${berthd.directory}\n`;
  expectRefusal(await berthd.run(['user', 'add', 'admin', '--no-password']), 1, taken);
  expectRefusal(await berthd.run(['user', 'set', 'alice', '--name', 'admin']), 1, taken);
  expectRefusal(await berthd.run(['enroll', 'invite', '--user', 'admin', '--new']), 1, taken);
  expectRefusal(
    await berthd.run(['admin', 'name', 'alice']),
    1,
    'berthd: There is a user alice already (6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162).\n',
  );
  expect([await mainOf(berthd), await textOf(berthd, 'users.yaml')]).toEqual(before);
});

test('a name that cannot be one is wrong usage', async () => {
  const berthd = await berthdFolder();
  const { code, stderr } = await berthd.run(['admin', 'name', 'The Admin']);
  expect(code).toBe(2);
  expect(stderr).toContain('It must be lower-case letters, digits and hyphens');
});

test('the admin gets a new password, which can be checked', async () => {
  const berthd = await berthdFolder();
  const made = await berthd.run(['admin', 'password', '--random']);
  const [, password = ''] =
    /^admin has a new password\. The next login has to set another\.\n\n {2}Password: (\w{20})\n\nIt is shown only now; only its hash was stored\.\n$/.exec(
      made.stdout,
    ) ?? [];
  expect(await mainOf(berthd)).toContain('change_password: true');
  const verify = (input: string) =>
    berthd.run(['admin', 'password', '--verify', '--password-stdin'], { input });
  expect(await verify(password)).toMatchObject({ code: 0, stdout: 'The password is right.\n' });
  expect(await verify('correct horse')).toMatchObject({
    code: 1,
    stderr: 'berthd: The password is wrong.\n',
  });
  const chosen = await berthd.run(['admin', 'password', '--password-stdin', '--json'], {
    input: 'correct horse\n',
  });
  expect(JSON.parse(chosen.stdout)).toEqual({
    username: 'admin',
    revision: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect((await verify('correct horse')).code).toBe(0);
  expect(await mainOf(berthd)).not.toContain('change_password');
});

test('a weak hash of the admin’s password is replaced when it is checked', async () => {
  // As `htpasswd -nbBC 10 admin "correct horse"` makes it.
  const hash = '$2y$10$DoypPf9BOY1efjUTPrbrru/FHJHQzpAMsrPxdyP1QLs36yrlyAgMO';
  const text = `version: 1\nadmin: {username: admin, password_hash: "${hash}"}   # ours\n...\n`;
  const berthd = await berthdFolder({ 'main.yaml': text });
  const args = ['admin', 'password', '--verify', '--password-stdin'];
  expect(await berthd.run(args, { input: 'correct horse\n' })).toMatchObject({
    code: 0,
    stdout: 'The password is right. A stronger hash of it was stored.\n',
  });
  expect(await mainOf(berthd)).toMatch(
    /^version: 1\nadmin: \{username: admin, password_hash: "\$pbkdf2-sha256\$i=600000,.*"\} {3}# ours\n\.\.\.\n$/,
  );
});

test('where there is no terminal, the ways there are are named', async () => {
  const berthd = await berthdFolder();
  expect(await berthd.run(['admin', 'password'])).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'berthd: There is no terminal to ask for a password on. Add --random or --password-stdin.\n',
  });
});

test('where there is no configuration, nobody is asked for a password first', async () => {
  const berthd = await berthdFolder();
  const { code, stderr } = await berthd.run(['admin', 'password', '--random'], {
    env: { BERTH_CONFIG: '/nonexistent' },
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^berthd: \/nonexistent.* does not exist/);
});
