import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectRefusal, printed, printedJson, textOf } from '../../testing/printed.ts';
import { ALICE, OWN, team, USERS } from './testing/team.ts';

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
    const user = await printedJson(
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
      await printedJson(berthd, 'user', 'set', 'alice', '--allow', 'shell', '--deny', 'lab'),
    ).toMatchObject({ containers: ['lab', 'shell'], deny: ['lab'], templates: ['shell'] });
    expect(await printedJson(berthd, 'user', 'set', 'alice', '--allow', 'lab')).toMatchObject({
      deny: [],
      templates: ['lab', 'shell'],
    });
  });

  test.each([
    [['--allow', 'lab'], 'Nothing changed: alice was like that already.'],
    [
      ['--containers', 'lab', '--metadata', 'team=vision', '--limit', 'cpus=', '--deny', 'shell'],
      'Nothing changed: alice was like that already.',
    ],
    [['--deny', 'shell', '--disable'], 'Changed alice: disable.'],
    [['--name', 'alicia', '--enable'], 'Changed alicia: name.'],
  ])('says of %j what it changed of a user who is denied shell', async (args, text) => {
    const berthd = await team({ [OWN]: 'version: 1\ncontainers: {deny: [shell]}\n...\n' });
    expect(await printed(berthd, 'user', 'set', 'alice', ...args)).toBe(`${text}\n`);
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
    const { revision } = await printedJson(berthd, 'user', 'show', 'alice');
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
    const { revision: now } = await printedJson(berthd, 'user', 'show', 'alice');
    expect(
      await printedJson(berthd, 'user', 'set', 'alice', '--disable', '--if-revision', String(now)),
    ).toMatchObject({ disabled: true });
  });

  test.each([
    [['alice'], 2, 'Nothing to change was named. See: berthd user set --help'],
    [['alic', '--disable'], 1, 'There is no user "alic". Did you mean "alice"?'],
    [
      ['alice', '--allow', 'shell,lab', '--deny', 'lab'],
      2,
      'lab cannot be both allowed and denied.',
    ],
    [
      ['alice', '--allow', ''],
      2,
      "Option '--allow <templates>' argument '' is invalid. Name a template: --allow only adds. To empty the list in users.yaml: --containers ''.\nTo see what is possible: berthd user set --help",
    ],
    [
      ['alice', '--deny', ','],
      2,
      "Option '--deny <templates>' argument ',' is invalid. Name a template: --deny only adds. To let them start one again: --allow TEMPLATE.\nTo see what is possible: berthd user set --help",
    ],
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
