import { expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { ALICE, BOB, BOBS_FILE, CAROL, teamFolder } from '../testing/team.ts';
import { updateAdmin } from './admin.ts';
import { updateOwnFile } from './own-file.ts';

const FILE = `users/${BOB}.yaml`;

test('limits and overrides change, and the rest of the file stays', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateOwnFile(edit, BOB, {
      limits: { cpus: 8, memory: '16g' },
      overrides: { lab: { env: { THEME: 'dark' }, persist: null }, shell: { persist: true } },
    });
  });
  expect(await team.text(FILE)).toBe(
    BOBS_FILE.replace('{cpus: 2}', '{cpus: 8, memory: 16g}').replace(
      '  lab: {env: {THEME: light}, persist: true}',
      '  lab: {env: {THEME: dark}}\n  shell: {persist: true}',
    ),
  );
  expect((await team.config()).accounts.get(BOB)).toMatchObject({
    limits: { cpus: 8, memory: '16g', pids: 2048 },
    overrides: { lab: { env: { THEME: 'dark' } } },
  });
});

test('what is cleared leaves nothing behind, and the file stays for its notes', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateOwnFile(edit, BOB, {
      limits: { cpus: null },
      overrides: { lab: { env: { THEME: null }, persist: null } },
    });
    edit.set(FILE, ['containers'], undefined);
  });
  expect(await team.text(FILE)).toBe("# bob's\nversion: 1\n...\n");
});

test('the overrides of a template are cleared at once', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateOwnFile(edit, BOB, { overrides: { lab: null }, limits: null });
  });
  expect(await team.text(FILE)).toBe(BOBS_FILE.slice(0, BOBS_FILE.indexOf('limits')) + '...\n');
});

test('a file is made for what is said, and none for what is not', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateOwnFile(edit, ALICE, { limits: { cpus: null } });
  });
  await expect(team.text(`users/${ALICE}.yaml`)).rejects.toMatchObject({ code: 'ENOENT' });
  await team.change((edit) => {
    updateOwnFile(edit, ALICE, { limits: { pids: 64 } });
  });
  expect(await team.text(`users/${ALICE}.yaml`)).toBe(
    `# yaml-language-server: $schema=../schema/user.json
# What is particular to the user whose UUID this file is named after.
version: 1
limits: {pids: 64}
...
`,
  );
});

test.each<[string, (edit: Edit) => void, string, string]>([
  [
    'a limit below the least',
    (edit) => updateOwnFile(edit, BOB, { limits: { cpus: 0, memory: '8x' } }),
    'bad_request',
    `What is particular to bob cannot be saved like this:
  limits.cpus: must be at least 0.01 (CPU cores, in hundredths.)
  limits.memory: must be a size with a binary unit, such as 512m or 8g (units: b, k, m, g, t)`,
  ],
  [
    'an override of a template that there is not',
    (edit) => updateOwnFile(edit, BOB, { overrides: { lap: { persist: true } } }),
    'not_found',
    'There is no template "lap". Did you mean "lab"?',
  ],
  [
    'a user that there is not',
    (edit) => updateOwnFile(edit, CAROL, {}),
    'not_found',
    `There is no user ${CAROL}.`,
  ],
])('%s is refused', async (_, change, code, message) => {
  const team = await teamFolder();
  await expect(team.change(change)).rejects.toMatchObject({ code, message });
  expect(await team.text(FILE)).toBe(BOBS_FILE);
});

const HASH = `$pbkdf2-sha256$i=600000,l=32$${'A'.repeat(22)}$${'B'.repeat(43)}`;

test('the admin’s name and password change, and the rest of main.yaml stays', async () => {
  const team = await teamFolder();
  const before = await team.text('main.yaml');
  await team.change((edit) => {
    updateAdmin(edit, { username: 'root', password_hash: HASH });
  });
  expect(await team.text('main.yaml')).toBe(
    before.replace('username: admin', 'username: root').replace(/"\$pbkdf2.*"/, `"${HASH}"`),
  );
  expect((await team.config()).settings.admin).toEqual({ username: 'root', password_hash: HASH });
});

test('an admin’s name that cannot be one is refused', async () => {
  const team = await teamFolder();
  const changing = team.change((edit) => {
    updateAdmin(edit, { username: 'The Admin' });
  });
  await expect(changing).rejects.toMatchObject({
    code: 'bad_request',
    message:
      'The admin cannot be saved like this:\n  username: must be lower-case letters, digits and hyphens, starting with a letter; at most 32',
  });
});
