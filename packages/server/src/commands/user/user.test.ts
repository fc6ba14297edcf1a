import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@berth/config';
import { describe, expect, test } from 'vitest';
import { berthdFolder, type Berthd, type Finished } from '../../testing/berthd.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const LAPTOP = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const OWN = `users/${ALICE}.yaml`;

const USERS = `# the team
version: 1
users:
  # founder
  ${ALICE}:
    username: alice   # as in mail
    containers: [lab]
    metadata: {team: vision}
    clients:
      ${LAPTOP}: {name: laptop, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-01T10:00:00Z}
...
`;

const team = (files = {}): Promise<Berthd> => berthdFolder({ 'users.yaml': USERS, ...files });

const textOf = ({ directory }: Berthd, file: string): Promise<string> =>
  readFile(join(directory, file), 'utf8');

/** What a command that succeeds prints; nothing on standard error. */
async function printed(berthd: Berthd, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await berthd.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const json = async (berthd: Berthd, ...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await printed(berthd, ...args, '--json')) as Record<string, unknown>;

function expectRefusal(ended: Finished, code: number, message: string): void {
  expect(ended).toEqual({ code, stdout: '', stderr: message });
}

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
      `Added bob (${id}). They may start: lab, shell.\nTo let in a machine of theirs: berthd enroll invite --user bob\n`,
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
    const verified = await berthd.run(['user', 'password', 'bob', '--verify', '--password-stdin'], {
      input: password,
    });
    expect(verified).toEqual({ code: 0, stdout: 'The password is right.\n', stderr: '' });
  });

  test('gives a program the whole user, with the password that was made', async () => {
    const berthd = await team();
    const added = await json(berthd, 'user', 'add', 'bob', '--random', '--allow', 'lab');
    expect(added).toMatchObject({
      username: 'bob',
      disabled: false,
      has_password: true,
      containers: ['lab'],
      templates: ['lab'],
      clients: [],
      own_file: null,
      password: expect.stringMatching(/^\w{20}$/),
    });
    const { password, ...user } = added;
    expect(await json(berthd, 'user', 'show', 'bob')).toEqual(user);
    expect(JSON.stringify(user)).not.toContain('pbkdf2');
    expect(password).toBeDefined();
  });

  test('reads a password from standard input', async () => {
    const berthd = await team();
    const added = await berthd.run(['user', 'add', 'bob', '--password-stdin', '--json'], {
      input: 'correct horse\n',
    });
    expect(added.code).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({ has_password: true });
    expect(added.stdout).not.toContain('correct horse');
  });

  test.each([
    [
      ['Bob', '--no-password'],
      2,
      "error: command-argument value 'Bob' is invalid for argument 'name'. It must be lower-case letters, digits and hyphens, starting with a letter; at most 32.\n(add --help for the options)\n",
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
      "error: option '--rights <rights>' argument 'root' is invalid. The rights are: admin, monitor.\n(add --help for the options)\n",
    ],
    [
      ['bob', '--no-password', '--metadata', 'team'],
      2,
      'berthd: --metadata takes KEY=VALUE, not "team".\n',
    ],
    [
      ['bob', '--no-password', '--metadata', 'Team=x'],
      1,
      'berthd: The user bob cannot be saved like this:\n  metadata.Team: "Team" is not a valid key here: it must be lower-case letters, digits and hyphens, starting with a letter; at most 32\n',
    ],
    [
      ['bob'],
      2,
      'berthd: There is no terminal to ask for a password on. Add --random, --password-stdin or --no-password.\n',
    ],
    [
      ['bob', '--random', '--no-password'],
      2,
      "error: option '--no-password' cannot be used with option '--random'\n(add --help for the options)\n",
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

describe('user list and user show', () => {
  test('show a table, sorted by name', async () => {
    const berthd = await team();
    await printed(berthd, 'user', 'add', 'aaron', '--no-password', '--rights', 'monitor,admin');
    await printed(berthd, 'user', 'set', 'aaron', '--disable');
    const { accountByName } = await loadConfig(berthd.directory);
    expect(await printed(berthd, 'user', 'list')).toBe(
      `NAME   UUID                                  CLIENTS  MAY START  RIGHTS         STATE
aaron  ${accountByName.get('aaron')?.id}  0        -          monitor,admin  disabled
alice  ${ALICE}  1        lab        -              active
`,
    );
    expect(await json(berthd, 'user', 'list')).toMatchObject({
      users: [{ username: 'aaron' }, { username: 'alice', id: ALICE }],
    });
  });

  test('say where there is nobody', async () => {
    const berthd = await team({ 'users.yaml': 'version: 1\nusers: {}\n...\n' });
    expect(await printed(berthd, 'user', 'list')).toBe(
      'There are no users. To add one: berthd user add NAME\n',
    );
    expect(await json(berthd, 'user', 'list')).toEqual({ users: [] });
  });

  test('show all that holds for a user, found by name or UUID, and no hash', async () => {
    const own = `version: 1
containers: {allow: [shell], deny: [lab], admin_editable: false}
limits: {cpus: 8}
overrides: {lab: {env: {THEME: dark}, persist: true}}
...
`;
    const berthd = await team({
      [OWN]: own,
      'users.yaml': USERS.replace('vision', '"a\\e[31m"'),
    });
    const { revision } = await json(berthd, 'user', 'show', 'alice');
    expect(await printed(berthd, 'user', 'show', ALICE)).toBe(
      `alice
  UUID          ${ALICE}
  state         active
  password      none
  rights        -
  metadata      team="a\\u001b[31m"
  may start     shell
    users.yaml  lab
    allow       shell
    deny        lab
  limits        containers=5, cpus=8, memory=8g, pids=2048
  override lab  {env: {THEME: dark}, persist: true}
  own file      ${OWN} (closes the container access to edits)
  revision      ${String(revision)}
  CLIENT  UUID                                  CREATED               EXPIRES
  laptop  ${LAPTOP}  2026-11-01T10:00:00Z  never
`,
    );
    expect(revision).toMatch(/^[0-9a-f]{16}$/);
  });

  test('say who may have been meant', async () => {
    const berthd = await team();
    expectRefusal(
      await berthd.run(['user', 'show', 'alicee']),
      1,
      'berthd: There is no user "alicee". Did you mean "alice"?\n',
    );
  });
});

describe('user set', () => {
  test('changes what is named, keeps every comment, and says what it did', async () => {
    const berthd = await team();
    expect(
      await printed(
        berthd,
        'user',
        'set',
        'alice',
        '--name',
        'alicia',
        '--rights',
        'monitor',
        '--disable',
        '--metadata',
        'desk=12',
        '--metadata',
        'team=',
        '--containers',
        'lab,shell',
        '--limit',
        'cpus=8',
        '--limit',
        'memory=16g',
        '--override',
        'lab.env.PORT=8888',
        '--override',
        'lab.persist=true',
      ),
    ).toBe('Changed alicia: name, containers, rights, metadata, limit, override, disable.\n');
    expect(await textOf(berthd, 'users.yaml')).toBe(
      USERS.replace('username: alice ', 'username: alicia ')
        .replace('[lab]', '[lab, shell]')
        .replace('{team: vision}', '{desk: "12"}')
        .replace('...', '    rights: [monitor]\n    disabled: true\n...'),
    );
    expect(await textOf(berthd, OWN)).toContain(`version: 1
limits: {cpus: 8, memory: 16g}
overrides:
  lab:
    env: {PORT: "8888"}
    persist: true
...
`);
    expect(JSON.parse(await textOf(berthd, 'history/00000002.json'))).toMatchObject({
      what: 'change user alice (name, containers, rights, metadata, limit, override, disable)',
    });
  });

  test('takes away again, and gives a program the user', async () => {
    const own = 'version: 1\nlimits: {cpus: 8}\noverrides: {lab: {persist: true}}\n...\n';
    const berthd = await team({ [OWN]: own });
    await printed(berthd, 'user', 'set', 'alice', '--disable');
    const user = await json(
      berthd,
      'user',
      'set',
      'alice',
      '--enable',
      '--rights',
      '',
      '--containers',
      '',
      '--limit',
      'cpus=',
      '--override',
      'lab=',
    );
    expect(user).toMatchObject({ disabled: false, containers: [], rights: [], overrides: {} });
    expect(await textOf(berthd, OWN)).toBe('version: 1\n...\n');
  });

  test('allows and denies templates', async () => {
    const berthd = await team();
    expect(
      await json(berthd, 'user', 'set', 'alice', '--allow', 'shell', '--deny', 'lab'),
    ).toMatchObject({ containers: ['lab', 'shell'], deny: ['lab'], templates: ['shell'] });
    expect(await json(berthd, 'user', 'set', 'alice', '--allow', 'lab')).toMatchObject({
      deny: [],
      templates: ['lab', 'shell'],
    });
  });

  test('leaves access alone that the user’s own file closes, unless forced', async () => {
    const berthd = await team({
      [OWN]: 'version: 1\ncontainers:\n  admin_editable: false   # exam\n...\n',
    });
    expectRefusal(
      await berthd.run(['user', 'set', 'alice', '--allow', 'shell']),
      1,
      `berthd: ${OWN}:3:19 closes the container access of alice (admin_editable: false). Edit that file by hand.\nOr add --force.\n`,
    );
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
    expect(await printed(berthd, 'user', 'set', 'alice', '--allow', 'shell', '--force')).toBe(
      'Changed alice: allow.\n',
    );
  });

  test('goes through only where the user is as they were looked at', async () => {
    const berthd = await team();
    const { revision } = await json(berthd, 'user', 'show', 'alice');
    await printed(berthd, 'user', 'set', 'alice', '--metadata', 'team=audio');
    const args = ['user', 'set', 'alice', '--disable', '--if-revision', String(revision)];
    const stale = await berthd.run(args);
    expect(stale.code).toBe(1);
    expect(stale.stderr.replace(/\d{4}-[\dT:.-]+Z/, 'TIME')).toBe(
      `berthd: alice was changed since revision ${String(revision)}:
  users.yaml metadata.team: "vision" is now "audio"
by:
  ada, TIME: change user alice (metadata) (history 2)
Look at it again before you change it.
`,
    );
    const { revision: now } = await json(berthd, 'user', 'show', 'alice');
    expect(
      await json(berthd, 'user', 'set', 'alice', '--disable', '--if-revision', String(now)),
    ).toMatchObject({ disabled: true });
  });

  test.each([
    [['alice'], 2, 'Nothing to change was named. See: berthd user set --help'],
    [['alic', '--disable'], 1, 'There is no user "alic". Did you mean "alice"?'],
    [['alice', '--limit', 'cpus'], 2, '"cpus" is not of the form KEY=VALUE.'],
    [
      ['alice', '--limit', 'cpu=8'],
      1,
      'What is particular to alice cannot be saved like this:\n  limits.cpu: unknown key "cpu" (did you mean "cpus"?)',
    ],
    [
      ['alice', '--limit', 'memory=8'],
      1,
      'What is particular to alice cannot be saved like this:\n  limits.memory: must be a size with a binary unit, such as 512m or 8g (units: b, k, m, g, t)',
    ],
    [
      ['alice', '--override', 'lap.persist=true'],
      1,
      'There is no template "lap". Did you mean "lab"?',
    ],
    [
      ['alice', '--override', 'lab.image=x'],
      1,
      'What is particular to alice cannot be saved like this:\n  overrides.lab.image: unknown key "image" (allowed: env, resources, persist)',
    ],
  ])('%j is refused, and nothing is written', async (args, code, message) => {
    const berthd = await team();
    expectRefusal(await berthd.run(['user', 'set', ...args]), code, `berthd: ${message}\n`);
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
    await expect(stat(join(berthd.directory, OWN))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a name that another has is refused', async () => {
    const berthd = await team();
    await printed(berthd, 'user', 'add', 'bob', '--no-password');
    expectRefusal(
      await berthd.run(['user', 'set', 'bob', '--name', 'alice']),
      1,
      `berthd: There is a user alice already (${ALICE}).\n`,
    );
  });
});

describe('user remove', () => {
  const WHAT = `alice (${ALICE}): their entry, 1 client (laptop), ${OWN}.`;
  const withOwn = (): Promise<Berthd> => team({ [OWN]: 'version: 1\n...\n' });

  test('asks nobody where there is nobody, and says how to agree', async () => {
    const berthd = await withOwn();
    expectRefusal(
      await berthd.run(['user', 'remove', 'alice']),
      2,
      `berthd: This removes ${WHAT} There is no terminal to ask on; to agree beforehand add --yes.\n`,
    );
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
  });

  test('removes the entry and the own file, and says what stays in the engine', async () => {
    const berthd = await withOwn();
    expect(await printed(berthd, 'user', 'remove', 'alice', '--yes')).toBe(
      `Removed ${WHAT}
Containers of theirs run on, and volumes keep their files, until you remove them:
  docker ps --all --filter label=io.berth.owner=${ALICE}
  docker volume ls --filter label=io.berth.owner=${ALICE}
`,
    );
    expect((await loadConfig(berthd.directory)).accounts.size).toBe(0);
    await expect(stat(join(berthd.directory, OWN))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('gives a program what was removed', async () => {
    const berthd = await team();
    expect(await json(berthd, 'user', 'remove', ALICE, '--yes')).toMatchObject({
      id: ALICE,
      clients: [{ id: LAPTOP, name: 'laptop' }],
    });
  });

  test('asks on a terminal', async () => {
    const berthd = await withOwn();
    const no = berthd.start(['user', 'remove', 'alice'], { terminal: true });
    await no.printed(/Remove alice\? \[y\/N\] $/);
    no.child.stdin.end('\n');
    expect(await no.finished).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing was removed.'),
    });
    expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
    const yes = berthd.start(['user', 'remove', 'alice'], { terminal: true });
    const [told] = await yes.printed(/^[^]*Remove alice\? \[y\/N\] $/);
    expect(told).toContain(`This removes ${WHAT}`);
    expect(told).toContain('Containers of theirs run on');
    yes.child.stdin.end('y\n');
    expect(await yes.finished).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Removed ${WHAT}`),
    });
    expect((await loadConfig(berthd.directory)).accounts.size).toBe(0);
  });
});
