import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@berth/contract';
import { describe, expect, test } from 'vitest';
import { showChange } from '../history/browse.ts';
import { ALICE, BOB, BOBS_FILE, LAPTOP, teamFolder, type Team } from '../testing/team.ts';
import { setAccess } from './access.ts';
import { updateAdmin } from './admin.ts';
import { updateClient } from './clients.ts';
import { updateOwnFile } from './own-file.ts';
import { revisionOfResource, type Resource } from './revision.ts';
import { expectRevision } from './stale.ts';
import { removeTemplate, replaceTemplate, updateTemplate } from './templates.ts';
import { removeUser, updateUser } from './users.ts';

const alice: Resource = { kind: 'user', id: ALICE };
const bob: Resource = { kind: 'user', id: BOB };
const lab: Resource = { kind: 'template', name: 'lab' };

const revision = async (team: Team, resource: Resource): Promise<string> =>
  revisionOfResource(await team.config(), resource);

/** What an edit that expects a revision gets. */
async function refusal(team: Team, resource: Resource, expected: string): Promise<Problem> {
  const error: unknown = await team
    .change((edit, { history }) => expectRevision(edit, history, resource, expected, 'It'))
    .catch((problem: unknown) => problem);
  if (error instanceof Problem) return error;
  throw new Error('It was not refused');
}

/** A team whose history has begun, so that hands’ changes are told from what was there. */
async function recordedTeam(changes: Readonly<Record<string, string>> = {}): Promise<Team> {
  const team = await teamFolder(changes);
  await team.change(() => {});
  return team;
}

describe('a revision', () => {
  test('stays when comments, layout, order or another entry change', async () => {
    const team = await recordedTeam();
    const before = await Promise.all([revision(team, alice), revision(team, lab)]);
    expect(before[0]).toMatch(/^[0-9a-f]{16}$/);
    const users = await team.text('users.yaml');
    await team.write(
      'users.yaml',
      users
        .replace('username: "alice"   # quoted', "username: 'alice' # and still her")
        .replace(`{team: 'vision', desk: "12"}`, `{desk: "12", team: vision}`)
        .replace('username: bob', 'username: bert'),
    );
    const templates = await team.text('containers.yaml');
    await team.write(
      'containers.yaml',
      templates.replace('    image: lab:1\n', '    pull: missing\n    image: "lab:1"\n'),
    );
    expect(await Promise.all([revision(team, alice), revision(team, lab)])).toEqual(before);
  });

  test('is another for everything that a user’s own file says', async () => {
    const team = await recordedTeam();
    const own: Resource = { kind: 'own_file', id: BOB };
    const before = [await revision(team, bob), await revision(team, own)];
    await team.write(`users/${BOB}.yaml`, BOBS_FILE.replace('cpus: 2', 'cpus: 3'));
    expect(await revision(team, bob)).not.toBe(before[0]);
    expect(await revision(team, own)).not.toBe(before[1]);
  });

  test('that is expected and there lets the edit go on', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await team.change(async (edit, { history }) => {
      await expectRevision(edit, history, alice, expected, 'alice');
      updateUser(edit, ALICE, { disabled: true });
    });
    expect((await team.config()).accounts.get(ALICE)?.disabled).toBe(true);
  });
});

describe('a stale edit', () => {
  test('is refused with each field that changed, by whom and when, and hides hashes', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, bob);
    await team.change(
      (edit) => updateUser(edit, BOB, { password_hash: `$2b$10$${'a'.repeat(53)}` }),
      {
        by: 'kim',
        what: 'set a password',
      },
    );
    await team.change((edit) => updateUser(edit, ALICE, { disabled: true }), {
      by: 'max',
      what: 'disable alice',
    });
    await team.change(
      (edit) => {
        updateUser(edit, BOB, { password_hash: `$2b$10$${'b'.repeat(53)}`, rights: ['monitor'] });
        updateOwnFile(edit, BOB, { limits: { cpus: null, pids: 9 } });
        setAccess(edit, BOB, { containers: ['lab'] });
      },
      { by: 'eve', what: 'change bob' },
    );
    const problem = await refusal(team, bob, expected);
    expect(problem).toMatchObject({ code: 'stale', status: 412 });
    expect(problem.details).toEqual({
      expected,
      revision: await revision(team, bob),
      changes: [
        {
          file: 'users.yaml',
          path: 'containers',
          before: ['lab', 'shell'],
          after: ['lab'],
        },
        { file: 'users.yaml', path: 'password_hash', after: '(hidden)' },
        { file: 'users.yaml', path: 'rights', after: ['monitor'] },
        { file: `users/${BOB}.yaml`, path: 'limits.cpus', before: 2 },
        { file: `users/${BOB}.yaml`, path: 'limits.pids', after: 9 },
      ],
      records: [
        expect.objectContaining({ number: 2, by: 'kim', what: 'set a password' }),
        expect.objectContaining({ number: 4, by: 'eve', what: 'change bob' }),
      ],
    });
    expect(problem.message.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')).toBe(
      `It was changed since revision ${expected}:
  users.yaml containers: ["lab","shell"] is now ["lab"]
  users.yaml password_hash: nothing is now (hidden)
  users.yaml rights: nothing is now ["monitor"]
  users/${BOB}.yaml limits.cpus: 2 is now nothing
  users/${BOB}.yaml limits.pids: nothing is now 9
by:
  kim, TIME: set a password (history 2)
  eve, TIME: change bob (history 4)
Look at it again before you change it.`,
    );
  });

  test('sees what a hand has changed, and who that was', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    const users = await team.text('users.yaml');
    await team.write('users.yaml', users.replace("'vision'", 'audio').replace('# founder', '# ?'));
    const { details } = await refusal(team, alice, expected);
    expect(details).toMatchObject({
      changes: [{ path: 'metadata.team', before: 'vision', after: 'audio' }],
      records: [{ by: 'by hand', what: 'edit users.yaml' }],
    });
  });

  test('of one state back is told from that state', async () => {
    const team = await recordedTeam();
    await team.change((edit) => updateTemplate(edit, 'lab', { image: 'lab:2' }));
    const expected = await revision(team, lab);
    await team.change((edit) => updateTemplate(edit, 'lab', { image: 'lab:3', pull: 'never' }));
    const { details } = await refusal(team, lab, expected);
    expect(details).toMatchObject({
      changes: [
        { path: 'image', before: 'lab:2', after: 'lab:3' },
        { path: 'pull', before: 'missing', after: 'never' },
      ],
      records: [{ number: 3 }],
    });
  });

  test('of a template tells defaults as what they are', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, lab);
    await team.change((edit) => replaceTemplate(edit, 'lab', { image: 'lab:1' }));
    const { details } = await refusal(team, lab, expected);
    expect(details['changes']).toEqual([
      { file: 'containers.yaml', path: 'env.THEME', before: 'dark' },
      { file: 'containers.yaml', path: 'resources.memory', before: '4g', after: '1g' },
    ]);
  });

  test('of the admin’s credentials hides them', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, { kind: 'admin' });
    const password_hash = `$2b$10$${'a'.repeat(53)}`;
    await team.change((edit) => updateAdmin(edit, { username: 'root', password_hash }));
    const { details } = await refusal(team, { kind: 'admin' }, expected);
    expect(details['changes']).toEqual([
      { file: 'main.yaml', path: 'username', before: 'admin', after: 'root' },
      { file: 'main.yaml', path: 'password_hash', before: '(hidden)', after: '(hidden)' },
    ]);
  });

  test('hides all that the history hides', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, lab);
    const token = ['ghp', '16C7e42F292c6912E7710c838347Ae178B4a'].join('_');
    const command = ['run', '--password', 'swordfish'];
    const env = { MYSQL_ROOT_PASSWORD: 'corr', DB: 'postgres://u:letmein@h/db', PAT: token };
    await team.change((edit) => {
      updateTemplate(edit, 'lab', {
        command,
        env: { ...env, PLAIN: `lab@sha256:${'a'.repeat(64)}` },
        description: `for ${token}`,
        volumes: [
          { name: 'tokens', target: '/x' },
          { name: 'home', target: '/home/user' },
        ],
      });
    });
    const { details, message } = await refusal(team, lab, expected);
    expect(details).toMatchObject({
      changes: expect.arrayContaining([
        expect.objectContaining({ path: 'command', after: '(hidden)' }),
        expect.objectContaining({ path: 'description', after: 'for (hidden)' }),
        expect.objectContaining({ path: 'env.PLAIN', after: `lab@sha256:${'a'.repeat(64)}` }),
        expect.objectContaining({
          path: 'volumes',
          after: [
            { name: '(hidden)', target: '/x', persistent: false, read_only: false },
            { name: 'home', target: '/home/user', persistent: false, read_only: false },
          ],
        }),
      ]),
    });
    const shown = await showChange({ directory: team.directory, isRevealing: false }, 2);
    for (const secret of ['swordfish', 'corr', 'letmein', token]) {
      expect(message + JSON.stringify(details) + JSON.stringify(shown.files)).not.toContain(secret);
    }
  });

  test('hides the tokens of a client that is gone', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await team.change((edit) => edit.set('users.yaml', ['users', ALICE, 'clients'], undefined));
    const { details } = await refusal(team, alice, expected);
    expect(details['changes']).toEqual([
      {
        file: 'users.yaml',
        path: 'clients',
        before: {
          [LAPTOP]: { name: 'laptop', token_hash: '(hidden)', created: '2026-11-01T10:00:00Z' },
        },
      },
    ]);
  });

  test.each<[string, (team: Team) => Promise<void>, object]>([
    [
      'made',
      async (team) => {
        await team.change((edit) => updateOwnFile(edit, ALICE, { limits: { pids: 9 } }));
      },
      { path: '', after: { version: 1, limits: { pids: 9 } } },
    ],
    [
      'made and removed and made again',
      async (team) => {
        await team.change((edit) => updateOwnFile(edit, ALICE, { limits: { pids: 8 } }));
        await rm(join(team.directory, 'users', `${ALICE}.yaml`));
        await team.change((edit) => updateOwnFile(edit, ALICE, { limits: { pids: 9 } }));
      },
      { path: '', after: { version: 1, limits: { pids: 9 } } },
    ],
  ])('sees an own file that was %s', async (_, change, expectedChange) => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await change(team);
    const { details } = await refusal(team, alice, expected);
    expect(details['changes']).toEqual([{ file: `users/${ALICE}.yaml`, ...expectedChange }]);
  });

  test('sees an own file that was removed', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, bob);
    await rm(join(team.directory, 'users', `${BOB}.yaml`));
    const { details } = await refusal(team, bob, expected);
    expect(details['changes']).toEqual([
      {
        file: `users/${BOB}.yaml`,
        path: '',
        before: expect.objectContaining({ limits: { cpus: 2 } }),
      },
    ]);
  });

  test('sees an own file whose layout cannot be cut into entries', async () => {
    const flow = '{version: 1, limits: {pids: 7}}\n...\n';
    const team = await recordedTeam({ [`users/${BOB}.yaml`]: flow });
    const expected = await revision(team, { kind: 'own_file', id: BOB });
    await team.change((edit) => updateOwnFile(edit, BOB, { limits: { pids: 8 } }));
    const { details } = await refusal(team, { kind: 'own_file', id: BOB }, expected);
    expect(details['changes']).toEqual([
      { file: `users/${BOB}.yaml`, path: 'limits.pids', before: 7, after: 8 },
    ]);
  });

  test('sees a user in a file whose layout cannot be cut into entries', async () => {
    const flow = `version: 1\nusers: {${ALICE}: {username: alice}, ${BOB}: {username: bob}}\n...\n`;
    const team = await recordedTeam({ 'users.yaml': flow });
    const expected = await revision(team, alice);
    await team.change((edit) => updateUser(edit, BOB, { disabled: true }));
    await team.change((edit) => updateUser(edit, ALICE, { rights: ['admin'] }));
    const { details } = await refusal(team, alice, expected);
    expect(details).toMatchObject({
      changes: [{ file: 'users.yaml', path: 'rights', after: ['admin'] }],
      records: [{ number: 3 }],
    });
  });

  test('is not misled by an entry that only changed its place, nor by what follows the users', async () => {
    const users = await (await teamFolder()).text('users.yaml');
    const last = users.replace('version: 1\n', '').replace('...\n', 'version: 1\n...\n');
    const team = await recordedTeam({ 'users.yaml': last });
    const expected = await revision(team, alice);
    const [, one = '', two = ''] = /^([^]*?users:\n)([^]*?)(?= {2}# --- )/.exec(last) ?? [];
    const rest = last.slice(one.length + two.length);
    await team.write(
      'users.yaml',
      one + rest.replace('# the end', `${two.replace('monitor', 'admin')}# the end`),
    );
    const moved = await team.text('users.yaml');
    await team.write('users.yaml', moved.replace('...', '# x\n...'));
    const { details } = await refusal(team, alice, expected);
    expect(details).toMatchObject({
      changes: [{ path: 'rights', before: ['monitor'], after: ['admin'] }],
    });
  });

  test('of what is gone tells all of it', async () => {
    const team = await recordedTeam();
    const [forAlice, forLab] = [await revision(team, alice), await revision(team, lab)];
    await team.change((edit) => {
      removeUser(edit, ALICE);
      removeTemplate(edit, 'lab', { force: true });
    });
    expect((await refusal(team, alice, forAlice)).details['changes']).toEqual([
      { file: 'users.yaml', path: '', before: expect.objectContaining({ username: 'alice' }) },
    ]);
    expect((await refusal(team, lab, forLab)).details['changes']).toEqual([
      { file: 'containers.yaml', path: '', before: expect.objectContaining({ image: 'lab:1' }) },
    ]);
  });

  test('of one client’s name names the client', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await team.change((edit) => updateClient(edit, ALICE, LAPTOP, { name: 'desk' }));
    expect((await refusal(team, alice, expected)).message).toContain(
      `users.yaml clients.${LAPTOP}.name: "laptop" is now "desk"`,
    );
  });

  test('with very many fields shows some of them', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    const metadata = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, 'x']));
    await team.change((edit) => updateUser(edit, ALICE, { metadata }));
    expect((await refusal(team, alice, expected)).message).toMatch(/k19: .*\n {2}and 5 more\nby:/);
  });
});

describe('what the history does not go back to', () => {
  const message = (expected: string): string =>
    `It was changed since revision ${expected}, to which the history does not go back. Look at it again before you change it.`;

  test('is refused without a story: a revision that never was', async () => {
    const team = await recordedTeam();
    const { details, message: text } = await refusal(team, alice, 'f'.repeat(16));
    expect(text).toBe(message('f'.repeat(16)));
    expect(details).toEqual({ expected: 'f'.repeat(16), revision: await revision(team, alice) });
  });

  test('is refused without a story: records that are removed', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await team.change((edit) => updateUser(edit, ALICE, { disabled: true }));
    await team.change((edit) => updateUser(edit, BOB, { disabled: true }));
    const folder = join(team.directory, 'history');
    const [first = '', second = ''] = (await readdir(folder)).toSorted();
    await rm(join(folder, first));
    await rm(join(folder, second));
    expect((await refusal(team, alice, expected)).message).toBe(message(expected));
  });

  test('is refused without a story: content that was lost', async () => {
    const team = await recordedTeam();
    const expected = await revision(team, alice);
    await rm(join(team.directory, 'history/last'), { recursive: true });
    await mkdir(join(team.directory, 'history/last'));
    const users = await team.text('users.yaml');
    await writeFile(join(team.directory, 'users.yaml'), users.replace('monitor', 'admin'));
    expect((await refusal(team, alice, expected)).message).toBe(message(expected));
  });
});
