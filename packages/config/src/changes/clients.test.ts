import { expect, test } from 'vitest';
import type { Edit } from '../store/edit.ts';
import { loadConfig } from '../store/load.ts';
import { configFolder } from '../testing/folder.ts';
import { ALICE, BOB, CAROL, LAPTOP, TEAM_USERS, teamFolder } from '../testing/team.ts';
import { addClient, refuseTakenClientName, removeClient, updateClient } from './clients.ts';
import { findClient, findUser } from './find.ts';

const PHONE = '1a5e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const phone = {
  name: 'phone',
  token_hash: `sha256:${'c'.repeat(64)}`,
  created: '2026-11-23T10:00:00Z',
  expires: '2027-01-01T00:00:00Z',
};

test('a client is added to a user, the first as well as another', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    addClient(edit, ALICE, PHONE, phone);
    addClient(edit, BOB, CAROL, { ...phone, token_hash: `sha256:${'d'.repeat(64)}` });
  });
  expect(await team.text('users.yaml')).toContain(`created: 2026-11-01T10:00:00Z
      ${PHONE}:
        name: phone
`);
  const { accountOfClient } = await team.config();
  expect(accountOfClient.get(PHONE)?.username).toBe('alice');
  expect(accountOfClient.get(CAROL)?.clients[CAROL]?.name).toBe('phone');
});

test('a client can have its name, expiry and secret changed, and nothing else changes', async () => {
  const team = await teamFolder();
  const token_hash = `sha256:${'e'.repeat(64)}`;
  await team.change((edit) => {
    updateClient(edit, ALICE, LAPTOP, {
      name: 'old laptop',
      expires: '2027-01-01T00:00:00Z',
      token_hash,
    });
  });
  expect(await team.text('users.yaml')).toBe(
    TEAM_USERS.replace('name: laptop', 'name: old laptop')
      .replace('a'.repeat(64), 'e'.repeat(64))
      .replace(/(created: .*\n)/, '$1        expires: 2027-01-01T00:00:00Z\n'),
  );
  await team.change((edit) => {
    updateClient(edit, ALICE, LAPTOP, { expires: null });
  });
  expect(await team.text('users.yaml')).not.toContain('expires');
});

test('after the last client is revoked the file still loads', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    removeClient(edit, ALICE, LAPTOP);
  });
  expect((await team.config()).accountOfClient.size).toBe(0);
  expect(await team.text('users.yaml')).toBe(
    TEAM_USERS.replace(/ {4}clients:[^]*?(?=\n {2}# ---)/, ''),
  );
});

test('of two clients one stays as it was', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    addClient(edit, ALICE, PHONE, phone);
  });
  await team.change((edit) => {
    removeClient(edit, ALICE, PHONE);
  });
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test.each<[string, (edit: Edit) => void, string, string]>([
  [
    'a UUID that is in use',
    (edit) => addClient(edit, BOB, LAPTOP, phone),
    'conflict',
    `There is a client ${LAPTOP} already.`,
  ],
  [
    'one that the same edit has added',
    (edit) => {
      addClient(edit, BOB, PHONE, phone);
      addClient(edit, BOB, PHONE, phone);
    },
    'conflict',
    `There is a client ${PHONE} already.`,
  ],
  [
    'a user there is not',
    (edit) => addClient(edit, CAROL, PHONE, phone),
    'not_found',
    `There is no user ${CAROL}.`,
  ],
  [
    'another’s client',
    (edit) => updateClient(edit, BOB, LAPTOP, { name: 'mine' }),
    'not_found',
    `bob has no client ${LAPTOP}.`,
  ],
  [
    'to revoke what there is not',
    (edit) => removeClient(edit, ALICE, PHONE),
    'not_found',
    `alice has no client ${PHONE}.`,
  ],
  [
    'a name with a line end',
    (edit) => updateClient(edit, ALICE, LAPTOP, { name: 'a\nb' }),
    'bad_request',
    'The client laptop cannot be saved like this:\n  name: must be letters, digits, spaces and . _ @ -, starting with a letter or digit; at most 64',
  ],
  [
    'a moment that is none',
    (edit) => updateClient(edit, ALICE, LAPTOP, { expires: 'tomorrow' }),
    'bad_request',
    'The client laptop cannot be saved like this:\n  expires: must be a moment in UTC that the calendar has, such as 2026-11-23T10:00:00Z or null',
  ],
  [
    'a name that another of theirs has',
    (edit) => {
      addClient(edit, ALICE, PHONE, phone);
      updateClient(edit, ALICE, PHONE, { name: 'laptop' });
    },
    'conflict',
    `alice has a client "laptop" already (${LAPTOP}).`,
  ],
])('%s is refused', async (_, change, code, message) => {
  const team = await teamFolder();
  await expect(team.change(change)).rejects.toMatchObject({ code, message });
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test('one’s own name, and another user’s, are free', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    updateClient(edit, ALICE, LAPTOP, { name: 'laptop' });
    refuseTakenClientName(edit, BOB, 'laptop');
  });
  expect(await team.text('users.yaml')).toBe(TEAM_USERS);
});

test('a user is found by name and by UUID', async () => {
  const config = await (await teamFolder()).config();
  expect(findUser(config, 'bob').id).toBe(BOB);
  expect(findUser(config, BOB).username).toBe('bob');
  expect(() => findUser(config, 'bbo')).toThrow('There is no user "bbo". Did you mean "bob"?');
  expect(() => findUser(config, 'eve')).toThrow('There is no user "eve". There are: alice, bob.');
});

test('of many users only some are named', async () => {
  const users = Array.from(
    { length: 12 },
    (_, index) => `  ${crypto.randomUUID()}: {username: user-${String(index).padStart(2, '0')}}\n`,
  );
  const text = `version: 1\nusers:\n${users.join('')}...\n`;
  const config = await loadConfig(await configFolder({ 'users.yaml': text }));
  expect(() => findUser(config, 'kim')).toThrow(
    'There is no user "kim". There are: user-00, user-01, user-02, user-03, user-04, user-05, user-06, user-07, user-08, user-09, and 2 more.',
  );
});

test('a client is found by UUID, and by a name that only one has', async () => {
  const team = await teamFolder();
  await team.change((edit) => {
    addClient(edit, ALICE, PHONE, { ...phone, name: 'laptop' });
    addClient(edit, BOB, CAROL, { ...phone, token_hash: `sha256:${'d'.repeat(64)}` });
  });
  const config = await team.config();
  const [alice, bob] = [findUser(config, 'alice'), findUser(config, 'bob')];
  expect(findClient(bob, 'phone')[0]).toBe(CAROL);
  expect(findClient(alice, PHONE)[1].name).toBe('laptop');
  expect(() => findClient(alice, 'laptop')).toThrow(
    `alice has 2 clients called laptop. Name one by its UUID:
  ${LAPTOP}  (since 2026-11-01T10:00:00Z)
  ${PHONE}  (since 2026-11-23T10:00:00Z)`,
  );
  expect(() => findClient(bob, 'fone')).toThrow(
    'There is no client of bob "fone". There are: phone.',
  );
  expect(() => findClient({ ...bob, clients: {} }, 'phone')).toThrow(
    'There is no client of bob "phone". There are none.',
  );
});
