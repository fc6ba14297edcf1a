import { describe, expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { ALICE, BOB, BOBS_FILE, CAROL, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { denyTemplates, giveTemplates, setAccess, takeTemplates } from './access.ts';

const CLOSED = `# the contract says so
version: 1
containers: {deny: [shell], admin_editable: false}
...
`;

const templatesOf = async (team: Awaited<ReturnType<typeof teamFolder>>, id: string) =>
  [...((await team.config()).accounts.get(id)?.templates ?? [])].toSorted();

describe('the lists of a user', () => {
  test('are set one by one, with the comments of what stays', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      setAccess(edit, BOB, { containers: ['lab', 'gpu'], allow: ['gpu', 'shell'], deny: [] });
    });
    expect(await team.text('users.yaml')).toBe(TEAM_USERS.replace('- shell', '- gpu'));
    expect(await team.text(`users/${BOB}.yaml`)).toBe(
      BOBS_FILE.replace('[gpu]  ', '[gpu, shell]  ').replace('  deny: [shell]\n', ''),
    );
  });

  test('stay where they are not named', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      setAccess(edit, BOB, {});
      setAccess(edit, BOB, { containers: ['lab', 'shell'] });
    });
    expect(await team.text('users.yaml')).toBe(TEAM_USERS);
    expect(await team.text(`users/${BOB}.yaml`)).toBe(BOBS_FILE);
  });

  test('can be emptied', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      setAccess(edit, BOB, { containers: [], allow: [], deny: [] });
    });
    expect(await templatesOf(team, BOB)).toEqual([]);
    expect(await team.text('users.yaml')).toContain('containers: []');
    expect(await team.text(`users/${BOB}.yaml`)).not.toContain('containers');
  });

  test('make the user’s own file where there is none, with what editors and people need', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      setAccess(edit, ALICE, { deny: ['lab'] });
    });
    expect(await team.text(`users/${ALICE}.yaml`)).toBe(
      `# yaml-language-server: $schema=../schema/user.json
# What is particular to the user whose UUID this file is named after.
version: 1
containers:
  deny: [lab]
...
`,
    );
  });

  test('take only templates that there are', async () => {
    const team = await teamFolder();
    const setting = team.change((edit) => {
      setAccess(edit, ALICE, { allow: ['gpuu'] });
    });
    await expect(setting).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no template "gpuu". Did you mean "gpu"?',
    });
  });

  test('are nobody’s where there is no such user', async () => {
    const team = await teamFolder();
    const setting = team.change((edit) => {
      setAccess(edit, CAROL, { containers: [] });
    });
    await expect(setting).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a template', () => {
  test('that is given can be started, also where it was denied', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      giveTemplates(edit, BOB, ['shell', 'gpu', 'lab']);
      giveTemplates(edit, ALICE, ['gpu', 'gpu']);
    });
    expect(await templatesOf(team, BOB)).toEqual(['gpu', 'lab', 'shell']);
    expect(await team.text('users.yaml')).toBe(
      TEAM_USERS.replace('[lab]   # just', '[lab, gpu]   # just'),
    );
    expect(await team.text(`users/${BOB}.yaml`)).not.toContain('deny');
  });

  test('that is taken away cannot', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      takeTemplates(edit, BOB, ['lab', 'gpu']);
    });
    expect(await templatesOf(team, BOB)).toEqual([]);
    expect(await team.text('users.yaml')).toBe(
      TEAM_USERS.replace('      - lab    # for the course\n', ''),
    );
    expect(await team.text(`users/${BOB}.yaml`)).toBe(
      BOBS_FILE.replace('  allow: [gpu]    # until May\n', ''),
    );
  });

  test('that is denied cannot, whatever gives it later', async () => {
    const team = await teamFolder();
    await team.change((edit) => {
      denyTemplates(edit, BOB, ['gpu', 'shell', 'lab']);
      denyTemplates(edit, ALICE, ['gpu']);
    });
    expect(await templatesOf(team, BOB)).toEqual([]);
    expect(await team.text('users.yaml')).toBe(TEAM_USERS);
    expect(await team.text(`users/${BOB}.yaml`)).toContain('deny: [shell, gpu, lab]');
    expect(await team.text(`users/${ALICE}.yaml`)).toContain('deny: [gpu]');
  });

  test.each([
    ['given', giveTemplates],
    ['taken', takeTemplates],
    ['denied', denyTemplates],
  ])('that there is not cannot be %s', async (_, change) => {
    const team = await teamFolder();
    const changing = team.change((edit) => {
      change(edit, ALICE, ['lap']);
    });
    await expect(changing).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no template "lap". Did you mean "lab"?',
    });
  });
});

describe('admin_editable: false', () => {
  const closedTeam = () => teamFolder({ [`users/${BOB}.yaml`]: CLOSED });

  test.each<[string, (edit: Edit) => void]>([
    ['the list of users.yaml', (edit) => setAccess(edit, BOB, { containers: [] })],
    ['what is allowed', (edit) => setAccess(edit, BOB, { allow: ['gpu'] })],
    ['what is denied', (edit) => setAccess(edit, BOB, { deny: [] })],
    ['giving', (edit) => giveTemplates(edit, BOB, ['gpu'])],
    ['taking', (edit) => takeTemplates(edit, BOB, ['lab'])],
    ['denying', (edit) => denyTemplates(edit, BOB, ['lab'])],
  ])('closes %s, and says where it stands', async (_, change) => {
    const team = await closedTeam();
    await expect(team.change(change)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      message: `users/${BOB}.yaml:3:45 closes the container access of bob (admin_editable: false). Edit that file by hand.`,
      details: { closed_by: { file: `users/${BOB}.yaml`, line: 3, column: 45 } },
    });
    expect(await team.text('users.yaml')).toBe(TEAM_USERS);
    expect(await team.text(`users/${BOB}.yaml`)).toBe(CLOSED);
  });

  test('gives way to force, and stays', async () => {
    const team = await closedTeam();
    await team.change((edit) => {
      setAccess(edit, BOB, { containers: ['gpu'], deny: [] }, { force: true });
    });
    expect(await templatesOf(team, BOB)).toEqual(['gpu']);
    expect(await team.text(`users/${BOB}.yaml`)).toBe(CLOSED.replace('deny: [shell], ', ''));
  });

  test('does not mind what changes nothing', async () => {
    const team = await closedTeam();
    await team.change((edit) => {
      giveTemplates(edit, BOB, ['lab']);
      setAccess(edit, BOB, { containers: ['lab', 'shell'], allow: [], deny: ['shell'] });
    });
    expect(await team.text('users.yaml')).toBe(TEAM_USERS);
  });
});
