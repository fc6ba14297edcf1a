import { join } from 'node:path';
import type { Ended } from '@berth/testbed/program';
import { expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';
import { printed as printedBy, printedJson, textOf } from '../../testing/printed.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

const TEMPLATES = `# ours
version: 1
containers:
  lab:
    image: lab:1   # built in spring
    env: {THEME: dark}
    resources: {memory: 4g}

  shell: {image: shell}
...
`;

const USERS = `version: 1
users:
  ${ALICE}:
    username: alice
    containers: [lab]
  ${BOB}:
    username: bob
...
`;

const team = (files = {}): Promise<Berthd> =>
  berthdFolder({ 'containers.yaml': TEMPLATES, 'users.yaml': USERS, ...files });

const run = (berthd: Berthd, ...args: string[]): Promise<Ended> =>
  berthd.run(['template', ...args]);

const printed = (berthd: Berthd, ...args: string[]): Promise<string> =>
  printedBy(berthd, 'template', ...args);

const json = (berthd: Berthd, ...args: string[]): Promise<Record<string, unknown>> =>
  printedJson(berthd, 'template', ...args);

test('templates are listed with how many users may start them', async () => {
  const berthd = await team();
  expect(await printed(berthd, 'list')).toBe(`NAME   IMAGE  CPUS  MEMORY  USERS
lab    lab:1  1     4g      1
shell  shell  1     1g      0
`);
  expect(await json(berthd, 'list')).toMatchObject({
    templates: [{ name: 'lab', users: ['alice'] }, { name: 'shell' }],
  });
  const empty = await team({
    'containers.yaml': 'version: 1\ncontainers: {}\n...\n',
    'users.yaml': 'version: 1\nusers: {}\n...\n',
  });
  expect(await printed(empty, 'list')).toBe(
    `There are no templates. To add one: berthd template add NAME image=IMAGE --config ${empty.directory}\n`,
  );
});

test('one is shown in the form in which it is set, defaults too', async () => {
  const berthd = await team();
  const { revision } = await json(berthd, 'show', 'lab');
  expect(await printed(berthd, 'show', 'lab')).toBe(`lab
  image=lab:1
  env.THEME=dark
  resources.memory=4g
  resources.cpus=1
  resources.pids=256
  description=""
  pull=missing
  shm_size=64m
  volumes=[]
  network.mode=private
  network.ports=[]
  capabilities=[]
  users: alice
  revision: ${String(revision)}
`);
  expect(await printed(berthd, 'show', 'shell')).toContain('  users: none\n');
});

test('one is added by its keys, and what stands there stays', async () => {
  const berthd = await team();
  expect(
    await printed(
      berthd,
      'add',
      'web',
      'image=web:1',
      'description=Team: the web',
      'env.PORT=8080',
      'resources.cpus=0.5',
      'volumes=[{name: home, target: /home/user, persistent: true}]',
    ),
  ).toBe(
    `Added web. To give it to somebody: berthd template assign web USER --config ${berthd.directory}\n`,
  );
  expect(await textOf(berthd, 'containers.yaml')).toBe(
    TEMPLATES.replace(
      '...\n',
      `  web:
    image: web:1
    description: "Team: the web"
    env: {PORT: "8080"}
    resources: {cpus: 0.5}
    volumes:
      - {name: home, target: /home/user, persistent: true}
...
`,
    ),
  );
});

test('one is changed by its keys, with its comments', async () => {
  const berthd = await team();
  expect(
    await printed(
      berthd,
      'set',
      'lab',
      'image=lab:2',
      'env.THEME=',
      'resources.cpus=2',
      'command=[jupyter, lab]',
    ),
  ).toBe(
    'Changed lab: image, env.THEME, resources.cpus, command. What runs already stays as it was started.\n',
  );
  expect(await textOf(berthd, 'containers.yaml')).toBe(
    TEMPLATES.replace('lab:1 ', 'lab:2 ')
      .replace('    env: {THEME: dark}\n', '')
      .replace('{memory: 4g}\n', '{memory: 4g, cpus: 2}\n    command: [jupyter, lab]\n'),
  );
  expect(JSON.parse(await textOf(berthd, 'history/00000002.json'))).toMatchObject({
    by: 'ada',
    what: 'change template lab (image, env.THEME, resources.cpus, command)',
  });
});

test('a secret in env is shown where it is looked at, and hidden in the history', async () => {
  const berthd = await team();
  await printed(berthd, 'set', 'lab', 'env.DB_PASSWORD=hunter10');
  expect(await printed(berthd, 'show', 'lab')).toContain('  env.DB_PASSWORD=hunter10\n');
  const { stdout } = await berthd.run(['history', 'show', '2']);
  expect(stdout).toContain('DB_PASSWORD');
  expect(stdout).not.toContain('hunter10');
});

test('says so where nothing was changed', async () => {
  const berthd = await team();
  expect(await printed(berthd, 'set', 'lab', 'image=lab:2')).toMatch(/^Changed lab: image\./);
  expect(await printed(berthd, 'set', 'lab', 'image=lab:2')).toBe(
    'Nothing changed: lab was like that already.\n',
  );
});

test('one comes whole from a file or standard input, with or without an end', async () => {
  const berthd = await team();
  await berthd.write('../web.yaml', '# mine\nimage: web:1\nresources:\n  memory: 2g\n...\n');
  const file = join(berthd.directory, '../web.yaml');
  expect(await json(berthd, 'add', 'web', '--file', file)).toMatchObject({
    name: 'web',
    template: { image: 'web:1', resources: { memory: '2g', cpus: 1 } },
  });
  const set = await berthd.run(['template', 'set', 'lab', '--file', '-'], {
    input: 'image: lab:1\nenv: {THEME: light}',
  });
  expect(set).toEqual({
    code: 0,
    stdout: 'Changed lab: all of it. What runs already stays as it was started.\n',
    stderr: '',
  });
  expect(await textOf(berthd, 'containers.yaml')).toContain(`  lab:
    image: lab:1   # built in spring
    env: {THEME: light}

  shell`);
});

test('one is changed only where it is as it was looked at', async () => {
  const berthd = await team();
  const { revision } = await json(berthd, 'show', 'lab');
  const { revision: now } = await json(berthd, 'set', 'lab', 'image=lab:2');
  const stale = await run(berthd, 'set', 'lab', 'pull=never', '--if-revision', String(revision));
  expect(stale.code).toBe(1);
  expect(stale.stderr).toContain(
    `berthd: The template lab was changed since revision ${String(revision)}:\n  containers.yaml image: "lab:1" is now "lab:2"\nby:\n  ada, `,
  );
  await printed(berthd, 'set', 'lab', 'pull=never', '--if-revision', String(now));
});

test('one is given to users and taken from them', async () => {
  const berthd = await team();
  expect(await printed(berthd, 'assign', 'shell', 'alice', BOB)).toBe(
    'shell may now be started by: alice, bob.\n',
  );
  expect(await json(berthd, 'unassign', 'shell', 'alice')).toMatchObject({ users: ['bob'] });
  expect(await printed(berthd, 'unassign', 'shell', 'bob')).toBe(
    'shell may now be started by: nobody.\n',
  );
});

test('access that a user’s own file closes stays closed for everybody named, unless forced', async () => {
  const own = `users/${BOB}.yaml`;
  const berthd = await team({ [own]: 'version: 1\ncontainers: {admin_editable: false}\n...\n' });
  expect(await run(berthd, 'assign', 'shell', 'alice', 'bob')).toEqual({
    code: 1,
    stdout: '',
    stderr: `berthd: ${own}:2:30 closes the container access of bob (admin_editable: false). Edit that file by hand.\nOr add --force.\n`,
  });
  expect(await textOf(berthd, 'users.yaml')).toBe(USERS);
  await printed(berthd, 'assign', 'shell', 'alice', 'bob', '--force');
  expect(await json(berthd, 'unassign', 'shell', 'bob', '--force')).toMatchObject({
    users: ['alice'],
  });
});

test('one that users have is removed only by force, and then from them too', async () => {
  const own = `users/${BOB}.yaml`;
  const berthd = await team({ [own]: 'version: 1\noverrides: {lab: {persist: true}}\n...\n' });
  expect(await run(berthd, 'remove', 'lab')).toEqual({
    code: 1,
    stdout: '',
    stderr: `berthd: Users still refer to the template lab. Take it from them first:
  alice (containers)
  bob (overrides)
Or add --force, which does that too.
`,
  });
  expect(await printed(berthd, 'remove', 'lab', '--force')).toBe(
    'Removed lab, and took it from alice, bob.\n',
  );
  expect(await textOf(berthd, 'users.yaml')).toBe(USERS.replace('[lab]', '[]'));
  expect(await textOf(berthd, own)).toBe('version: 1\n...\n');
  expect(await json(berthd, 'remove', 'shell')).toMatchObject({ name: 'shell', references: [] });
  expect((await berthd.run(['check'])).code).toBe(0);
});

test.each([
  [['show', 'lap'], 1, 'There is no template "lap". Did you mean "lab"?'],
  [['set', 'lap', 'image=x'], 1, 'There is no template "lap". Did you mean "lab"?'],
  [['remove', 'lap'], 1, 'There is no template "lap". Did you mean "lab"?'],
  [['assign', 'lap', 'alice'], 1, 'There is no template "lap". Did you mean "lab"?'],
  [['assign', 'lab', 'alic'], 1, 'There is no user "alic". Did you mean "alice"?'],
  [['add', 'lab', 'image=x'], 1, 'There is a template lab already.'],
  [['add', 'web'], 2, 'Nothing was named. Give KEY=VALUE, or --file FILE.'],
  [
    ['add', 'web', 'image=x', '--file', 'y'],
    2,
    'A file has the whole template: give --file or KEY=VALUE, not both.',
  ],
  [
    ['add', 'web', 'pull=never'],
    1,
    'The template web cannot be saved like this:\n  the key "image" is missing (Image reference, with tag or digest.)',
  ],
  [
    ['set', 'lab', 'resources.cpu=2'],
    1,
    'The template lab cannot be saved like this:\n  resources.cpu: unknown key "cpu" (did you mean "cpus"?)',
  ],
  [['set', 'lab', 'image'], 2, '"image" is not of the form KEY=VALUE.'],
  [
    ['set', 'lab', '--file', '/nonexistent.yaml'],
    1,
    '/nonexistent.yaml: there is no such file or folder (ENOENT).',
  ],
])('%j is refused, and nothing is written', async (args, code, message) => {
  const berthd = await team();
  expect(await run(berthd, ...args)).toEqual({ code, stdout: '', stderr: `berthd: ${message}\n` });
  expect(await textOf(berthd, 'containers.yaml')).toBe(TEMPLATES);
});

test.each([
  [
    'image: &a x',
    'standard input:1:8: anchors (&name) are not allowed here\n  1 | image: &a x\n             ^',
  ],
  [
    'image: "x',
    'standard input:1:10: not valid YAML: unexpected end of the stream within a double quoted scalar\n  1 | image: "x\n               ^',
  ],
  ['', 'standard input has no template: it must be a mapping, as in image: registry.example/lab:1'],
  [
    '- image',
    'standard input has no template: it must be a mapping, as in image: registry.example/lab:1',
  ],
])('a file that says %j is refused', async (input, message) => {
  const berthd = await team();
  const ended = await berthd.run(['template', 'set', 'lab', '--file', '-'], { input });
  expect(ended).toEqual({ code: 1, stdout: '', stderr: `berthd: ${message}\n` });
});
