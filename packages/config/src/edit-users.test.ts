import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { editUsers } from './edit-users.ts';
import { createConfigLoader } from './load.ts';
import { configFolder } from './testing/folder.ts';

const loader = createConfigLoader();
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

const usersOf = (directory: string): Promise<string> =>
  readFile(join(directory, 'users.yaml'), 'utf8');

describe('an edit', () => {
  test('changes its entry and leaves every byte outside it', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await editUsers(directory, loader, (users) => {
      users.setClient(ALICE, CLIENT, client);
    });
    const text = await usersOf(directory);
    const [before, after] = HAND_WRITTEN.split(/(?<=metadata: .*\n)/);
    expect(text.startsWith(before?.split('    username')[0] ?? '')).toBe(true);
    expect(text.endsWith(after ?? '')).toBe(true);
    expect(text).toContain('username: "alice" # quoted\n    containers: [lab] # just this\n');
    expect((await loader.load(directory)).accountOfClient.get(CLIENT)?.username).toBe('alice');
  });

  test('of the last entry keeps what follows it', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await editUsers(directory, loader, (users) => {
      users.setClient(BOB, CLIENT, client);
    });
    const text = await usersOf(directory);
    expect(text.endsWith('\n\n\n# the end\n...\n')).toBe(true);
    expect(text.startsWith(HAND_WRITTEN.slice(0, HAND_WRITTEN.indexOf(`  ${BOB}`)))).toBe(true);
  });

  test.each(['users: {}', 'users: {} # nobody yet', 'users:  {  }'])(
    'adds the first user to %j',
    async (empty) => {
      const directory = await configFolder({ 'users.yaml': `version: 1\n${empty}\n# end\n...\n` });
      await editUsers(directory, loader, (users) => {
        users.addUser(BOB, { username: 'bob', containers: ['lab'] });
        users.setClient(BOB, CLIENT, client);
      });
      expect(await usersOf(directory)).toMatch(/^version: 1\nusers:\n {2}7c2f.*# end\n\.\.\.\n$/s);
      expect((await loader.load(directory)).accounts.get(BOB)?.templates).toEqual(new Set(['lab']));
    },
  );

  test('that changes nothing writes nothing', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    expect(await editUsers(directory, loader, ({ config }) => config.accounts.size)).toBe(2);
    expect(await usersOf(directory)).toBe(HAND_WRITTEN);
  });
});

describe('nothing is written', () => {
  test('when the result would not load', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    const edit = editUsers(directory, loader, (users) => {
      users.addUser(CLIENT, { username: 'alice' });
    });
    await expect(edit).rejects.toThrow('another user is called alice too');
    expect(await usersOf(directory)).toBe(HAND_WRITTEN);
  });

  test('when the file is invalid already', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    const broken = HAND_WRITTEN.replace('...', '');
    await writeFile(join(directory, 'users.yaml'), broken);
    await expect(
      editUsers(directory, loader, (users) => {
        users.setClient(BOB, CLIENT, client);
      }),
    ).rejects.toThrow('the last line must be "..."');
    expect(await usersOf(directory)).toBe(broken);
  });

  test('when the edit itself fails', async () => {
    const directory = await configFolder({ 'users.yaml': HAND_WRITTEN });
    await expect(
      editUsers(directory, loader, (users) => {
        users.setClient(BOB, CLIENT, client);
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
      editUsers(directory, loader, (users) => {
        users.addUser(id, { username: `user-${index}` });
      }),
    ),
  );
  expect((await loader.load(directory)).accounts.size).toBe(2 + ids.length);
});
