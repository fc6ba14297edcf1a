import { hashSecret } from '@berth/config/secret';
import { describe, expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';
import { printed as printedBy, printedJson, textOf } from '../../testing/printed.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const OLD = '0f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';
const NEW = '1f4e1c2a-9b8d-4e7f-8a6b-5c4d3e2f1a0b';

const USERS = `version: 1
users:
  ${ALICE}:
    username: alice
    clients:
      # the old one
      ${OLD}: {name: laptop, token_hash: "sha256:${'a'.repeat(64)}", created: 2026-11-01T10:00:00Z}
      ${NEW}: {name: laptop, token_hash: "sha256:${'b'.repeat(64)}", created: 2026-11-02T10:00:00Z, expires: 2030-01-01T00:00:00Z}
  ${BOB}:
    username: bob
...
`;

const team = (): Promise<Berthd> => berthdFolder({ 'users.yaml': USERS });

const usersOf = (berthd: Berthd): Promise<string> => textOf(berthd, 'users.yaml');

const printed = (berthd: Berthd, ...args: string[]): Promise<string> =>
  printedBy(berthd, 'client', ...args);

const json = (berthd: Berthd, ...args: string[]): Promise<Record<string, unknown>> =>
  printedJson(berthd, 'client', ...args);

test('clients are listed, of everybody or of one', async () => {
  const berthd = await team();
  const table = `USER   CLIENT  UUID                                  CREATED               EXPIRES
alice  laptop  ${OLD}  2026-11-01T10:00:00Z  never
alice  laptop  ${NEW}  2026-11-02T10:00:00Z  2030-01-01T00:00:00Z
`;
  expect(await printed(berthd, 'list')).toBe(table);
  expect(await printed(berthd, 'list', 'alice')).toBe(table);
  expect(await printed(berthd, 'list', 'bob')).toBe(
    `There are no clients. To let one in: berthd enroll invite --user bob --config ${berthd.directory}\n`,
  );
  expect(await json(berthd, 'list', 'bob')).toEqual({ clients: [] });
  expect(await json(berthd, 'list')).toEqual({
    clients: [
      { id: OLD, user: 'alice', name: 'laptop', created: '2026-11-01T10:00:00Z', expires: null },
      {
        id: NEW,
        user: 'alice',
        name: 'laptop',
        created: '2026-11-02T10:00:00Z',
        expires: '2030-01-01T00:00:00Z',
      },
    ],
  });
});

test('where nobody has a client, it says how to let one in', async () => {
  const berthd = await berthdFolder();
  expect(await printed(berthd, 'list')).toBe(
    `There are no clients. To let one in: berthd enroll invite --user NAME --config ${berthd.directory}\n`,
  );
});

test('a client is made, shown once with how to use it, and only its hash is stored', async () => {
  const berthd = await team();
  const stdout = await printed(berthd, 'add', 'bob', '--name', 'ci', '--expires', '2099-01-31');
  const [, id = '', secret = ''] = /Bearer ([0-9a-f-]{36})\.([\w-]{43})\n/.exec(stdout) ?? [];
  expect(stdout).toBe(`Made ci of bob (${id}), until 2099-01-31T00:00:00.000Z.

  Authorization: Bearer ${id}.${secret}

It is shown only now; only its hash was stored. A program sends it with each request:
  curl -H 'Authorization: Bearer …' URL/get_config
For \`berth\` it is the client and the secret, around the dot, of a context in
~/.config/berth/config.yaml. A machine that has none yet needs no secret from you:
  berthd enroll invite --user bob --config ${berthd.directory}
`);
  const users = await usersOf(berthd);
  expect(users).not.toContain(secret);
  expect(users).toContain(hashSecret(secret));
  expect(users.startsWith(USERS.replace('...\n', ''))).toBe(true);
});

test('a client for ever is made for a program', async () => {
  const berthd = await team();
  const made = await json(berthd, 'add', BOB, '--name', 'ci');
  expect(made).toMatchObject({ user: 'bob', name: 'ci', expires: null });
  expect(made['authorization']).toBe(`Bearer ${String(made['id'])}.${String(made['secret'])}`);
});

test('a client is renamed, set to expire, and set not to', async () => {
  const berthd = await team();
  expect(await printed(berthd, 'rename', 'alice', NEW, 'desk')).toBe(
    `Now it is desk of alice (${NEW}), until 2030-01-01T00:00:00Z.\n`,
  );
  expect(await printed(berthd, 'expire', 'alice', 'desk', 'never')).toBe(
    `Now it is desk of alice (${NEW}), for ever.\n`,
  );
  expect(await json(berthd, 'expire', 'alice', 'laptop', '2099-01-31T12:00:00Z')).toMatchObject({
    id: OLD,
    expires: '2099-01-31T12:00:00.000Z',
  });
  expect(await usersOf(berthd)).toBe(
    USERS.replace(/, expires: 2030.*}/, '}')
      .replace(/laptop(.*bbbb)/, 'desk$1')
      .replace('2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z, expires: 2099-01-31T12:00:00.000Z'),
  );
});

test('a client that has expired is shown as such, and gets no secret that lets nobody in', async () => {
  const expired = USERS.replace('2030', '2020');
  const berthd = await berthdFolder({ 'users.yaml': expired });
  expect(await printed(berthd, 'list')).toMatch(
    / {2}never\n.* {2}2020-01-01T00:00:00Z \(expired\)\n$/,
  );
  expect(await printedBy(berthd, 'user', 'show', 'alice')).toMatch(
    / {2}never\n.* {2}2020-01-01T00:00:00Z \(expired\)\n$/,
  );
  expect(await berthd.run(['client', 'reset', 'alice', NEW])).toEqual({
    code: 1,
    stdout: '',
    stderr: `berthd: laptop of alice has expired, at 2020-01-01T00:00:00Z: a new secret would not let it in. Set another expiry first: berthd client expire alice ${NEW} WHEN --config ${berthd.directory}\n`,
  });
  expect(await usersOf(berthd)).toBe(expired);
});

test('a client is revoked, the last one of a user too', async () => {
  const berthd = await team();
  expect(await printed(berthd, 'revoke', 'alice', OLD)).toBe(`Revoked laptop of alice (${OLD}).\n`);
  expect(await json(berthd, 'revoke', 'alice', 'laptop')).toMatchObject({ id: NEW });
  expect((await berthd.run(['check'])).code).toBe(0);
  expect(await json(berthd, 'list')).toEqual({ clients: [] });
});

test.each([
  [
    ['add', 'alice', '--name', 'laptop'],
    1,
    `berthd: alice has a client "laptop" already (${OLD}).\n`,
  ],
  [
    ['add', 'alice'],
    2,
    "berthd: Required option '--name <name>' not specified.\nTo see what is possible: berthd client add --help\n",
  ],
  [
    ['add', 'carol', '--name', 'ci'],
    1,
    'berthd: There is no user "carol". There are: alice, bob.\n',
  ],
  [
    ['add', 'bob', '--name', 'a/b'],
    1,
    'berthd: The client a/b cannot be saved like this:\n  name: must be letters, digits, spaces and . _ @ -, starting with a letter or digit; at most 64\n',
  ],
  [
    ['add', 'bob', '--name', 'ci', '--expires', 'soon'],
    2,
    'berthd: "soon" is no moment: write a length of time such as 90d, a day such as 2027-01-31, a moment such as 2027-01-31T18:00:00Z, or never.\n',
  ],
  [
    ['expire', 'alice', NEW, '2020-01-01'],
    2,
    'berthd: 2020-01-01T00:00:00.000Z is past. To end a client now use `berthd client revoke`.\n',
  ],
  [
    ['revoke', 'alice', 'laptop'],
    1,
    `berthd: alice has 2 clients called laptop. Name one by its UUID:\n  ${OLD}  (since 2026-11-01T10:00:00Z)\n  ${NEW}  (since 2026-11-02T10:00:00Z)\n`,
  ],
  [
    ['reset', 'alice', 'laptob'],
    1,
    'berthd: There is no client of alice "laptob". Did you mean "laptop"?\n',
  ],
])('%j is refused, and nothing is written', async (args, code, stderr) => {
  const berthd = await team();
  expect(await berthd.run(['client', ...args])).toEqual({ code, stdout: '', stderr });
  expect(await usersOf(berthd)).toBe(USERS);
});

describe('on a running server', () => {
  test('a secret that was made lets in, a reset one and a revoked one no more', async () => {
    const berthd = await team();
    const { url } = await berthd.serve();
    const status = async (authorization: unknown): Promise<number> =>
      (await fetch(`${url}/get_config`, { headers: { authorization: String(authorization) } }))
        .status;
    const made = await json(berthd, 'add', 'bob', '--name', 'ci');
    await expect.poll(() => status(made['authorization'])).toBe(200);
    const reset = await json(berthd, 'reset', 'bob', 'ci');
    expect(reset['id']).toBe(made['id']);
    await expect.poll(() => status(made['authorization'])).toBe(401);
    expect(await status(reset['authorization'])).toBe(200);
    await printed(berthd, 'revoke', 'bob', 'ci');
    await expect.poll(() => status(reset['authorization'])).toBe(401);
  });
});
