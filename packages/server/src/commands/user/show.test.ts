import { loadConfig } from '@berth/config';
import { describe, expect, test } from 'vitest';
import { expectRefusal, printed, printedJson } from '../../testing/printed.ts';
import { ALICE, LAPTOP, OWN, team, USERS } from './testing/team.ts';

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
    expect(await printedJson(berthd, 'user', 'list')).toMatchObject({
      users: [{ username: 'aaron' }, { username: 'alice', id: ALICE }],
    });
  });

  test('say where there is nobody', async () => {
    const berthd = await team({ 'users.yaml': 'version: 1\nusers: {}\n...\n' });
    expect(await printed(berthd, 'user', 'list')).toBe(
      `There are no users. To add one: berthd user add NAME --config ${berthd.directory}\n`,
    );
    expect(await printedJson(berthd, 'user', 'list')).toEqual({ users: [] });
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
    const { revision } = await printedJson(berthd, 'user', 'show', 'alice');
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
