import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addClient } from '../changes/clients.ts';
import { addUser } from '../changes/users.ts';
import type { Edit } from './edit.ts';
import { loadConfig } from './load.ts';
import { openConfigStore } from './store.ts';
import { configFolder } from '../testing/folder.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const CLIENT = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const client = {
  name: 'laptop',
  token_hash: `sha256:${'a'.repeat(64)}`,
  created: '2026-11-23T10:00:00Z',
  expires: null,
};

const HAND_WRITTEN = `# the team
version: 1
users:
  # founder
  ${ALICE}:
    username: "alice"   # quoted
    containers: [lab]   # just this

    metadata: {team: 'vision'}

  # --- second ---
  ${BOB}:
      username: bob
      containers:
      - shell


# the end
...
`;

/** What one process does: opens the folder, edits, and is gone. */
async function editing<T>(directory: string, change: (edit: Edit) => T): Promise<T> {
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {} });
  try {
    return await store.edit({ by: 'test', what: 'change something' }, change);
  } finally {
    store.close();
  }
}

const usersOf = (directory: string): Promise<string> =>
  readFile(join(directory, 'users.yaml'), 'utf8');

describe('an edit', () => {
  test('changes its entry and leaves every byte outside it', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await editing(directory, (edit) => {
      addClient(edit, ALICE, CLIENT, client);
    });
    const text = await usersOf(directory);
    const [before, after] = HAND_WRITTEN.split(/(?<=metadata: .*\n)/);
    expect(text.startsWith(before?.split('    username')[0] ?? '')).toBe(true);
    expect(text.endsWith(after ?? '')).toBe(true);
    expect(text).toContain('username: "alice"   # quoted\n    containers: [lab]   # just this\n');
    expect((await loadConfig(directory)).accountOfClient.get(CLIENT)?.username).toBe('alice');
  });

  test('of the last entry keeps what follows it', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await editing(directory, (edit) => {
      addClient(edit, BOB, CLIENT, client);
    });
    const text = await usersOf(directory);
    expect(text.endsWith('\n\n\n# the end\n...\n')).toBe(true);
    expect(text.startsWith(HAND_WRITTEN.slice(0, HAND_WRITTEN.indexOf(`  ${BOB}`)))).toBe(true);
  });

  test.each(['users: {}', 'users: {} # nobody yet', 'users:  {  }', 'users: # {nobody}\n  {}'])(
    'adds the first user to %j',
    async (empty) => {
      const directory = await configFolder({ 'users.yaml': `version: 1\n${empty}\n# end\n...\n` });
      await editing(directory, (edit) => {
        addUser(edit, BOB, { username: 'bob', containers: ['lab'] });
        addClient(edit, BOB, CLIENT, client);
      });
      expect(await usersOf(directory)).toMatch(
        /^version: 1\nusers:.*\n {2}7c2f.*# end\n\.\.\.\n$/s,
      );
      expect((await loadConfig(directory)).accounts.get(BOB)?.templates).toEqual(new Set(['lab']));
    },
  );

  test('changes, adds and removes several entries at once', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    const carol = '8d3f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
    const dora = '9e4f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
    await editing(directory, (edit) => {
      for (const [id, username] of Object.entries({ [carol]: 'carol', [dora]: 'dora' })) {
        addUser(edit, id, { username });
        edit.set('users.yaml', ['users', id, 'disabled'], true);
      }
      edit.set('users.yaml', ['users', BOB, 'username'], 'bert');
      edit.set('users.yaml', ['users', BOB, 'disabled'], false);
      edit.set('users.yaml', ['users', ALICE], undefined);
      edit.set('users.yaml', ['users', dora], undefined);
    });
    expect(await usersOf(directory)).toBe(
      HAND_WRITTEN.replace(/ {2}6b1f[^]*?'vision'}\n/, '').replace(
        /username: bob[^]*shell\n/,
        (lines) =>
          `${lines.replace('bob', 'bert')}      disabled: false
  ${carol}:
      username: carol
      disabled: true
`,
      ),
    );
  });

  test('puts a new entry above what stands at the margin below the last, and in its manner', async () => {
    const starter = `version: 1
users:
  ${ALICE}:
    username: alice   # the first

# To use it, delete the # in front of its lines.
#  7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405163:
#    username: carol
...
`;
    const directory = await configFolder({ 'users.yaml': starter });
    await editing(directory, (edit) => {
      addUser(edit, BOB, { username: 'bob' });
    });
    expect(await usersOf(directory)).toBe(
      starter.replace('the first\n', `the first\n  ${BOB}:\n    username: bob\n`),
    );
  });

  test.each([
    ['other indentation', `version: 1\nusers:\n    ${ALICE}:\n        username: alice\n...\n`],
    ['one space', `version: 1\nusers:\n ${ALICE}:\n  username: alice\n...\n`],
    ['quoted keys', `version: 1\nusers:\n  "${ALICE}":\n    username: alice\n...\n`],
    ['an entry in one line', `version: 1\nusers:\n  ${ALICE}: {username: alice}\n...\n`],
    ['a byte order mark', `\uFEFFversion: 1\nusers:\n  ${ALICE}:\n    username: alice\n...\n`],
    ['CRLF', `version: 1\r\nusers:\r\n  ${ALICE}:\r\n    username: alice\r\n...\r\n`],
    ['users first', `users:\n  ${ALICE}:\n    username: alice\nversion: 1\n...\n`],
  ])('takes the file as it is written: with %s', async (_, before) => {
    const directory = await configFolder({ 'users.yaml': before });
    await editing(directory, (edit) => {
      addClient(edit, ALICE, CLIENT, client);
      addUser(edit, BOB, { username: 'bob', containers: ['lab'] });
    });
    const { accounts, accountOfClient } = await loadConfig(directory);
    expect(accountOfClient.get(CLIENT)?.username).toBe('alice');
    expect([...accounts.values()].map(({ username }) => username).toSorted()).toEqual([
      'alice',
      'bob',
    ]);
  });

  test.each(['# at the margin', '  # at the level of the key'])(
    'sees the whole entry, past the comment %j',
    async (comment) => {
      const before = `version: 1
users:
  ${ALICE}:
    username: alice
${comment}
    clients: {${BOB}: {name: old, token_hash: "sha256:${'b'.repeat(64)}", created: 2026-11-23T10:00:00Z}}

${comment}: not of the entry
...
`;
      const directory = await configFolder({ 'users.yaml': before });
      await editing(directory, (edit) => {
        addClient(edit, ALICE, CLIENT, client);
      });
      const text = await usersOf(directory);
      expect(text.endsWith(`\n\n${comment}: not of the entry\n...\n`)).toBe(true);
      expect((await loadConfig(directory)).accountOfClient.size).toBe(2);
    },
  );

  test.each([
    ['all users in one line', `version: 1\nusers: {${ALICE}: {username: alice}}\n...\n`],
    ['keys in quotes', `version: 1\n"users":\n  "${ALICE}":\n    username: alice\n...\n`],
    ['no lines of its own at all', `{version: 1, users: {${ALICE}: {username: alice}}}\n...\n`],
  ])('takes any form that a file may have: %s', async (_, before) => {
    const directory = await configFolder({ 'users.yaml': before });
    await editing(directory, (edit) => {
      addUser(edit, BOB, { username: 'bob' });
      addClient(edit, ALICE, CLIENT, client);
    });
    const { accountByName, accountOfClient } = await loadConfig(directory);
    expect([...accountByName.keys()].toSorted()).toEqual(['alice', 'bob']);
    expect(accountOfClient.get(CLIENT)?.username).toBe('alice');
  });

  test('that changes nothing writes nothing', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    expect(await editing(directory, ({ config }) => config.accounts.size)).toBe(2);
    expect(await usersOf(directory)).toBe(HAND_WRITTEN);
  });
});

describe('nothing is written', () => {
  test('when the result would not load', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    const editingTwice = editing(directory, (edit) => {
      edit.set('users.yaml', ['users', CLIENT], { username: 'alice' });
    });
    await expect(editingTwice).rejects.toThrow('another user is called alice too');
    expect(await usersOf(directory)).toBe(HAND_WRITTEN);
  });

  test('when the file is invalid already', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    const broken = HAND_WRITTEN.replace('...', '');
    await writeFile(join(directory, 'users.yaml'), broken);
    await expect(
      editing(directory, (edit) => {
        addClient(edit, BOB, CLIENT, client);
      }),
    ).rejects.toThrow('the last line must be "..."');
    expect(await usersOf(directory)).toBe(broken);
  });

  test('when the edit itself fails', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await expect(
      editing(directory, (edit) => {
        addClient(edit, BOB, CLIENT, client);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await usersOf(directory)).toBe(HAND_WRITTEN);
  });
});

test('edits at the same time are all there afterwards', async () => {
  const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
  const ids = Array.from({ length: 12 }, () => crypto.randomUUID());
  await Promise.all(
    ids.map((id, index) =>
      editing(directory, (edit) => {
        addUser(edit, id, { username: `user-${index}` });
      }),
    ),
  );
  expect((await loadConfig(directory)).accounts.size).toBe(2 + ids.length);
});
