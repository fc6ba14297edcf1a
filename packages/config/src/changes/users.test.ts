import { expect, test } from 'vitest';
import { ALICE, BOB, CAROL, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { addUser, removeUser, updateUser } from './users.ts';

test('a user is added behind the others, with everything', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    addUser(edit, CAROL, {
      username: 'carol',
      disabled: true,
      containers: ['lab'],
      rights: ['monitor'],
      metadata: { team: 'audio' },
    });
  });
  expect(await team.text('users.yaml')).toBe(
    TEAM_USERS.replace(
      '      - shell\n',
      `      - shell
  ${CAROL}:
      username: carol
      disabled: true
      containers: [lab]
      rights: [monitor]
      metadata: {team: audio}
`,
    ),
  );
  expect((await team.config()).accountByName.get('carol')).toMatchObject({ disabled: true });
});

test.each([
  [{ username: 'alice' }, 'conflict', `There is a user alice already (${ALICE}).`],
  [
    { username: 'Carol' },
    'bad_request',
    'The user Carol cannot be saved like this:\n  username: must be lower-case letters, digits and hyphens, starting with a letter; at most 32',
  ],
  [
    { username: 'carol', containers: ['lap'] },
    'not_found',
    'There is no template "lap". Did you mean "lab"?',
  ],
  [
    { username: 'carol', containers: ['jupyter'] },
    'not_found',
    'There is no template "jupyter". There are: gpu, lab, shell.',
  ],
  [
    { username: 'carol', metadata: { Team: 'x' } },
    'bad_request',
    'The user carol cannot be saved like this:\n  metadata.Team: "Team" is not a valid key here: write it in lower case',
  ],
])('%j is refused: %s', async (user, code, message) => {
  const team = await teamFolder();
  const adding = team.change((edit) => {
    addUser(edit, CAROL, user);
  });
  await expect(adding).rejects.toMatchObject({ code, message });
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test('a right that there is not is refused with the ones there are', async () => {
  const team = await teamFolder();
  const adding = team.change((edit) => {
    // As it comes from a request, before anything has checked it.
    edit.set('users.yaml', ['users', ALICE, 'rights'], ['monitr']);
    updateUser(edit, ALICE, { disabled: true });
  });
  await expect(adding).rejects.toMatchObject({
    code: 'bad_request',
    message:
      'The user alice cannot be saved like this:\n  rights[1]: must be "admin" or "monitor" (did you mean "monitor"?)',
    details: { errors: [{ path: 'rights[1]' }] },
  });
});

test('a UUID that is taken is refused', async () => {
  const team = await teamFolder();
  const adding = team.change((edit) => {
    addUser(edit, ALICE, { username: 'carol' });
  });
  await expect(adding).rejects.toMatchObject({
    code: 'conflict',
    message: `There is a user ${ALICE} already.`,
  });
});

test('an update changes what it names, and keeps every comment and the order', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateUser(edit, ALICE, {
      username: 'alicia',
      rights: ['monitor', 'admin'],
      metadata: { team: 'audio', desk: null, phone: '123' },
      disabled: true,
    });
  });
  expect(await team.text('users.yaml')).toBe(
    TEAM_USERS.replace('"alice"', '"alicia"')
      .replace('rights: [monitor]', 'rights: [monitor, admin]')
      .replace(`{team: 'vision', desk: "12"}`, `{team: 'audio', phone: "123"}`)
      .replace(/(created: .*\n)/, '$1    disabled: true\n'),
  );
});

test('null takes away, and what is empty then goes too', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateUser(edit, ALICE, { rights: null, metadata: { team: null, desk: null, absent: null } });
  });
  expect((await team.config()).accounts.get(ALICE)?.user).not.toHaveProperty('metadata');
  expect(await team.text('users.yaml')).not.toMatch(/rights|metadata/);
});

test('nothing is left over of a key that is taken away where it is not', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateUser(edit, BOB, { disabled: null, metadata: { team: null } });
  });
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test('a new name that another has is refused, one’s own is not', async () => {
  const team = await teamFolder();
  const rename = (username: string): Promise<void> =>
    team.change((edit) => {
      updateUser(edit, ALICE, { username });
    });
  await expect(rename('bob')).rejects.toMatchObject({
    code: 'conflict',
    message: `There is a user bob already (${BOB}).`,
  });
  await rename('alice');
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test('a user goes with their own file, in one change', async () => {
  const team = await teamFolder();
  await team.change(
    (edit) => {
      removeUser(edit, BOB);
    },
    { by: 'kim', what: 'remove bob' },
  );
  const { files } = await team.change(async (_, { history }) =>
    history.read((await history.numbers()).at(-1) ?? 0),
  );
  expect(files.map(({ file, after }) => [file, after === null])).toEqual([
    ['users.yaml', false],
    [`users/${BOB}.yaml`, true],
  ]);
  expect(await team.text('users.yaml')).toBe(TEAM_USERS.replace(/ {2}7c2f[^]*shell\n/, ''));
  await expect(team.text(`users/${BOB}.yaml`)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('the last user can go, and the first come again', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    removeUser(edit, ALICE);
    removeUser(edit, BOB);
  });
  expect((await team.config()).accounts.size).toBe(0);
  await team.change((edit) => {
    addUser(edit, CAROL, { username: 'carol' });
  });
  expect((await team.config()).accounts.get(CAROL)?.username).toBe('carol');
});

test.each([
  ['an update', (edit: Parameters<typeof removeUser>[0]) => updateUser(edit, CAROL, {})],
  ['a removal', (edit: Parameters<typeof removeUser>[0]) => removeUser(edit, CAROL)],
])('%s of nobody is refused', async (_, change) => {
  const team = await teamFolder();
  await expect(team.change(change)).rejects.toMatchObject({
    code: 'not_found',
    message: `There is no user ${CAROL}.`,
  });
});
