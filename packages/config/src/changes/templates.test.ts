import { describe, expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { ALICE, BOB, BOBS_FILE, TEAM_TEMPLATES, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { takeTemplates } from './access.ts';
import { addTemplate, removeTemplate, replaceTemplate, updateTemplate } from './templates.ts';
import { removeUser } from './users.ts';

const FILE = 'containers.yaml';

test('a template is added as it is written, without its defaults', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    addTemplate(edit, 'web', {
      image: 'web:1',
      command: ['serve', '--all'],
      volumes: [{ name: 'home', target: '/home/user', persistent: true }],
      network: { ports: [{ container: 80, label: 'http' }] },
    });
  });
  expect(await team.text(FILE)).toBe(
    TEAM_TEMPLATES.replace(
      '...\n',
      `  web:
    image: web:1
    command: [serve, --all]
    volumes:
      - {name: home, target: /home/user, persistent: true}
    network:
      ports:
        - {container: 80, label: http}
...
`,
    ),
  );
  expect((await team.config()).templates.get('web')?.pull).toBe('missing');
});

test('an update changes what it names, and keeps comments and order', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateTemplate(edit, 'lab', {
      image: 'lab:2',
      env: { THEME: 'light', DEBUG: '1' },
      resources: { memory: null, pids: 512 },
      shm_size: '256m',
    });
    updateTemplate(edit, 'shell', { description: 'A shell' });
  });
  expect(await team.text(FILE)).toBe(
    TEAM_TEMPLATES.replace('lab:1', 'lab:2')
      .replace('{THEME: dark}', '{THEME: light, DEBUG: "1"}')
      .replace('memory: 4g  # measured\n', 'pids: 512\n    shm_size: 256m\n')
      .replace('{image: shell}', '{image: shell, description: A shell}'),
  );
});

test('what a removal empties goes too', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateTemplate(edit, 'lab', { env: { THEME: null }, resources: { memory: null } });
  });
  expect(await team.text(FILE)).toContain('  lab:\n    image: lab:1\n  gpu:\n');
});

test('another template in its place keeps the comments of what is the same', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    replaceTemplate(edit, 'lab', { image: 'lab:1', env: { THEME: 'dark' }, pull: 'never' });
  });
  expect(await team.text(FILE)).toBe(
    TEAM_TEMPLATES.replace('    resources:\n      memory: 4g  # measured\n', '    pull: never\n'),
  );
});

describe('refused, with nothing written:', () => {
  test.each<[string, (edit: Edit) => unknown, string, string]>([
    [
      'a name that is taken',
      (edit) => addTemplate(edit, 'lab', { image: 'x' }),
      'conflict',
      'There is a template lab already.',
    ],
    [
      'a name that cannot be one',
      (edit) => addTemplate(edit, 'Lab', { image: 'x' }),
      'bad_request',
      'The template Lab cannot be saved like this:\n  "Lab" is not a valid key here: write it in lower case',
    ],
    [
      'a template without an image',
      (edit) => addTemplate(edit, 'web', {}),
      'bad_request',
      'The template web cannot be saved like this:\n  the key "image" is missing (Image reference, with tag or digest.)',
    ],
    [
      'several mistakes, each with its key',
      (edit) =>
        updateTemplate(edit, 'lab', {
          imge: 'x',
          resources: { cpus: '2' },
          volumes: [{ name: 'home' }],
        }),
      'bad_request',
      `The template lab cannot be saved like this:
  imge: unknown key "imge" (did you mean "image"?)
  resources.cpus: must be a number: take it out of its quotes (CPU cores, in hundredths.)
  volumes[1]: the key "target" is missing (Where in the container it appears.)`,
    ],
    [
      'what goes against another key',
      (edit) =>
        updateTemplate(edit, 'lab', {
          volumes: [
            { name: 'a', target: '/a' },
            { name: 'a', target: '/b' },
          ],
        }),
      'bad_request',
      'Nothing was changed, because the configuration would not be valid:\nThe configuration has 1 error:\ncontainers.yaml:13:16: another volume of lab is called that too\n  13 |       - {name: a, target: /b}\n                      ^',
    ],
    [
      'an update of what there is not',
      (edit) => updateTemplate(edit, 'lap', {}),
      'not_found',
      'There is no template "lap". Did you mean "lab"?',
    ],
    [
      'a replacement of what there is not',
      (edit) => replaceTemplate(edit, 'x', { image: 'x' }),
      'not_found',
      'There is no template "x". There are: gpu, lab, shell.',
    ],
    [
      'a removal of what there is not',
      (edit) => removeTemplate(edit, 'x'),
      'not_found',
      'There is no template "x". There are: gpu, lab, shell.',
    ],
  ])('%s', async (_, change, code, message) => {
    const team = await teamFolder();
    await expect(team.change(change)).rejects.toHaveProperty('message', message);
    await expect(team.change(change)).rejects.toHaveProperty('code', code);
    expect(await team.text(FILE)).toBe(TEAM_TEMPLATES);
  });
});

describe('a removal', () => {
  test('is refused while users refer to the template, and says which and where', async () => {
    const team = await teamFolder();
    const removing = team.change((edit) => removeTemplate(edit, 'lab'));
    await expect(removing).rejects.toMatchObject({
      code: 'conflict',
      message:
        'Users still refer to the template lab. Take it from them first:\n  alice (containers)\n  bob (containers, overrides)',
      details: {
        references: [
          { id: ALICE, username: 'alice', in: ['containers'], closed_by: null },
          { id: BOB, username: 'bob', in: ['containers', 'overrides'], closed_by: null },
        ],
      },
    });
    const gpu = team.change((edit) => removeTemplate(edit, 'gpu'));
    await expect(gpu).rejects.toThrow('bob (allow)');
    const shell = team.change((edit) => removeTemplate(edit, 'shell'));
    await expect(shell).rejects.toThrow('bob (containers, deny)');
  });

  test('says where a user’s own file closes their lists', async () => {
    const own = `users/${BOB}.yaml`;
    const closed = BOBS_FILE.replace('deny: [shell]', 'deny: [shell]\n  admin_editable: false');
    const team = await teamFolder({ [own]: closed });
    const removing = team.change((edit) => removeTemplate(edit, 'gpu'));
    await expect(removing).rejects.toMatchObject({
      message: `Users still refer to the template gpu. Take it from them first:\n  bob (allow), which ${own}:6:19 closes to edits`,
      details: { references: [{ id: BOB, closed_by: { file: own, line: 6, column: 19 } }] },
    });
    expect(await team.text(own)).toBe(closed);
  });

  test('of one that many are given names some of them', async () => {
    const users = Array.from(
      { length: 12 },
      (_, index) => `  ${crypto.randomUUID()}: {username: user-${index}, containers: [lab]}\n`,
    );
    const team = await teamFolder();
    await team.write('users.yaml', TEAM_USERS.replace('...', `${users.join('')}...`));
    await expect(team.change((edit) => removeTemplate(edit, 'lab'))).rejects.toThrow(
      /user-7 \(containers\)\n {2}and 4 more$/,
    );
  });

  test('with force takes every reference with it, in one change', async () => {
    const closed = BOBS_FILE.replace('deny: [shell]', 'deny: [shell]\n  admin_editable: false');
    const team = await teamFolder({ [`users/${BOB}.yaml`]: closed });
    const removed = await team.change((edit) => [
      ...removeTemplate(edit, 'lab', { force: true }),
      ...removeTemplate(edit, 'gpu', { force: true }),
      ...removeTemplate(edit, 'shell', { force: true }),
    ]);
    expect(removed.map(({ username }) => username)).toEqual(['alice', 'bob', 'bob', 'bob']);
    expect((await team.config()).templates.size).toBe(0);
    expect(await team.text(`users/${BOB}.yaml`)).toBe(`# bob's
version: 1
containers:
  admin_editable: false
limits: {cpus: 2}
...
`);
    const { numbers, read } = await team.change((_, { history }) => history);
    expect((await read((await numbers()).at(-1) ?? 0)).files.map(({ file }) => file)).toEqual([
      'users.yaml',
      `users/${BOB}.yaml`,
      'containers.yaml',
    ]);
  });

  test('goes through once the same edit has taken it from everybody', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      takeTemplates(edit, BOB, ['gpu']);
      takeTemplates(edit, ALICE, ['lab']);
      removeUser(edit, BOB);
      removeTemplate(edit, 'gpu');
      removeTemplate(edit, 'lab');
    });
    expect([...(await team.config()).templates.keys()]).toEqual(['shell']);
  });

  test('of one that nobody refers to leaves the rest as it is', async () => {
    const team = await teamFolder({ [`users/${BOB}.yaml`]: 'version: 1\n...\n' });
    await team.change((edit) => removeTemplate(edit, 'gpu'));
    expect(await team.text(FILE)).toBe(TEAM_TEMPLATES.replace('  gpu:\n    image: gpu:1\n', ''));
    expect(await team.text('users.yaml')).toBe(TEAM_USERS);
  });
});
