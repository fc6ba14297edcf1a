import { loadConfig } from '@berth/config';
import { describe, expect, test } from 'vitest';
import { expectRefusal, printed, printedJson, textOf } from '../../testing/printed.ts';
import { ALICE, team, USERS } from './testing/team.ts';

describe('user add', () => {
  test('adds a user without a password, and says how to let a machine of theirs in', async () => {
    const berthd = await team();
    const stdout = await printed(
      berthd,
      'user',
      'add',
      'bob',
      '--no-password',
      '--allow',
      'lab, shell',
      '--rights',
      'monitor',
      '--metadata',
      'team=audio',
      '--metadata',
      'desk=12',
      '--metadata',
      'none=',
    );
    const { accountByName } = await loadConfig(berthd.directory);
    const { id, user } = accountByName.get('bob') ?? {};
    expect(stdout).toBe(
      `Added bob (${id}). They may start: lab, shell.\nTo let in a machine of theirs: berthd enroll invite --user bob --config ${berthd.directory}\n`,
    );
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(user).toEqual({
      username: 'bob',
      containers: ['lab', 'shell'],
      rights: ['monitor'],
      metadata: { team: 'audio', desk: '12' },
    });
    expect(await textOf(berthd, 'users.yaml')).toContain(USERS.slice(0, USERS.indexOf('...')));
    expect(JSON.parse(await textOf(berthd, 'history/00000002.json'))).toMatchObject({
      by: 'ada',
      what: 'add user bob',
    });
  });

  test('makes a password, shows it once, and stores its hash', async () => {
    const berthd = await team();
    const stdout = await printed(berthd, 'user', 'add', 'bob', '--random');
    const [, password = ''] = /^ {2}Password: (\w{20})$/m.exec(stdout) ?? [];
    expect(stdout).toContain('They may start nothing yet.');
    expect(stdout).toContain('It is shown only now; only its hash was stored.');
    expect(await textOf(berthd, 'users.yaml')).not.toContain(password);
    expect(await textOf(berthd, 'users.yaml')).toContain('change_password: true');
    const verified = await berthd.run(['user', 'password', 'bob', '--verify', '--password-stdin'], {
      input: password,
    });
    expect(verified).toEqual({ code: 0, stdout: 'The password is right.\n', stderr: '' });
  });

  test('gives a program the whole user, with the password that was made', async () => {
    const berthd = await team();
    const added = await printedJson(berthd, 'user', 'add', 'bob', '--random', '--allow', 'lab');
    expect(added).toMatchObject({
      username: 'bob',
      disabled: false,
      has_password: true,
      change_password: true,
      containers: ['lab'],
      templates: ['lab'],
      clients: [],
      own_file: null,
      password: expect.stringMatching(/^\w{20}$/),
    });
    const { password, ...user } = added;
    expect(await printedJson(berthd, 'user', 'show', 'bob')).toEqual(user);
    expect(JSON.stringify(user)).not.toContain('pbkdf2');
    expect(password).toBeDefined();
  });

  test('reads a password from standard input', async () => {
    const berthd = await team();
    const added = await berthd.run(
      ['user', 'add', 'bob', '--password-stdin', '--no-change', '--json'],
      {
        input: 'correct horse\n',
      },
    );
    expect(added.code).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({
      has_password: true,
      change_password: false,
    });
    expect(added.stdout).not.toContain('correct horse');
  });

  test.each([
    [
      ['Bob', '--no-password'],
      2,
      "berthd: Command-argument value 'Bob' is invalid for argument 'name'. It must be lower-case letters, digits and hyphens, starting with a letter; at most 32.\nTo see what is possible: berthd user add --help\n",
    ],
    [['alice', '--no-password'], 1, `berthd: There is a user alice already (${ALICE}).\n`],
    [
      ['bob', '--no-password', '--allow', 'lap'],
      1,
      'berthd: There is no template "lap". Did you mean "lab"?\n',
    ],
    [
      ['bob', '--no-password', '--rights', 'root'],
      2,
      "berthd: Option '--rights <rights>' argument 'root' is invalid. The rights are: admin, monitor.\nTo see what is possible: berthd user add --help\n",
    ],
    [
      ['bob', '--no-password', '--metadata', 'team'],
      2,
      'berthd: --metadata takes KEY=VALUE, not "team".\n',
    ],
    [
      ['bob', '--no-password', '--metadata', 'Team=x'],
      1,
      'berthd: The user bob cannot be saved like this:\n  metadata.Team: "Team" is not a valid key here: write it in lower case\n',
    ],
    [
      ['bob'],
      2,
      'berthd: There is no terminal to ask for a password on. Add --random, --password-stdin or --no-password.\n',
    ],
    [
      ['bob', '--random', '--no-password'],
      2,
      "berthd: Option '--no-password' cannot be used with option '--random'.\nTo see what is possible: berthd user add --help\n",
    ],
  ])('%j is refused, and nothing is written', async (args, code, message) => {
    const berthd = await team();
    expectRefusal(await berthd.run(['user', 'add', ...args]), code, message);
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
  });

  test.each([
    ['short', 'A password has at least 8 characters.'],
    ['', 'A password has at least 8 characters.'],
    ['x'.repeat(1025), 'A password has at most 1024 characters.'],
    ['correct horse\nbattery\n', 'Standard input has more than one line; a password is one.'],
  ])('the password %j is refused', async (input, message) => {
    const berthd = await team();
    const ended = await berthd.run(['user', 'add', 'bob', '--password-stdin'], { input });
    expectRefusal(ended, 1, `berthd: ${message}\n`);
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
  });
});
