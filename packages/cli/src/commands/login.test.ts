import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnrolmentView, type EnrolmentState } from '@berth/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { configText, makeHome, type Home } from '../testing/berth.ts';
import { CLIENT, json, problem, startStandIn, type StandIn } from '../testing/stand-in.ts';

const ENROLMENT = '33333333-3333-4333-8333-333333333333';
const INVITE = '0123456789ABCDEFGHJK';

let server: StandIn;
let home: Home;

beforeEach(async () => {
  server = await startStandIn();
  home = await makeHome();
});

afterEach(async () => {
  await home.remove();
  await server.close();
});

/** Lets nobody in by the credential, and answers an enrolment with these states, one after the other. */
function enrolments(...states: readonly EnrolmentState[]): void {
  const queue = [...states];
  const next = (status: number): ReturnType<typeof json> => {
    const state = queue.shift() ?? 'pending';
    return json(
      EnrolmentView,
      {
        id: ENROLMENT,
        state,
        ...(state === 'pending' ? { code: 'ABCD2345', expires: '2026-11-23T11:00:00Z' } : {}),
        ...(state === 'approved' ? { username: 'alice' } : {}),
      },
      status,
    );
  };
  server.on('GET /get_config', problem('unauthorized', 'Not logged in.'));
  server.on('POST /enroll', (request, response) => next(201)(request, response));
  server.on('GET /enroll/:id', (request, response) => next(200)(request, response));
}

const enrolled = () => server.requests.filter(({ path }) => path === '/enroll');
const contextName = () => new URL(server.url).host.replace(':', '-');

test('makes a client, shows the code, waits for the admin, and remembers', async () => {
  enrolments('pending', 'pending', 'approved');
  const { code, stdout } = await home.run(['login', server.url, '--name', 'my laptop']);
  expect(stdout).toContain('Your code is ABCD-2345');
  expect(stdout).toContain('berthd enroll approve ABCD-2345 --user NAME');
  expect(stdout).toContain(`✔ Logged in: ${server.url} as alice (context ${contextName()}).`);
  expect(code).toBe(0);

  const file = await home.config();
  const context = file.contexts[contextName()];
  expect(file.current).toBe(contextName());
  expect(context).toMatchObject({ server: server.url, user: 'alice' });
  const digest = createHash('sha256')
    .update(context?.secret ?? '')
    .digest('hex');
  expect(enrolled()[0]?.body).toEqual({
    client_id: context?.client,
    token_hash: `sha256:${digest}`,
    name: 'my laptop',
  });
  expect((await stat(home.configPath)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(home.configPath))).mode & 0o777).toBe(0o700);
});

test('needs no waiting with an invite, however it was typed', async () => {
  const typed = INVITE.toLowerCase().replaceAll(/(.{4})(?=.)/g, '$1-');
  const { code, stdout } = await home.run(['login', server.url, '--invite', typed]);
  expect(stdout).toContain('as alice');
  expect(enrolled()[0]?.body).toMatchObject({ invite: INVITE });
  expect(code).toBe(0);
});

test('goes on waiting for the same client after Ctrl-C', async () => {
  enrolments('pending');
  const first = home.start(['login', server.url], { terminal: true });
  await first.printed(/Waiting/);
  first.child.stdin.write('\u0003');
  expect((await first.ended).code).toBe(130);

  const listed = await home.run(['list']);
  expect(listed.stderr).toContain(`To go on with it: berth login ${server.url}`);
  expect(listed.code).toBe(3);

  enrolments('approved');
  expect((await home.run(['login', server.url])).code).toBe(0);
  const bodies = enrolled().map(({ body }) => body);
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toEqual(bodies[0]);
});

test('is let in at once when the admin approved in between', async () => {
  await home.write(configText(server.url).replace('    user: alice\n', ''));
  const { code, stdout } = await home.run(['login']);
  expect(stdout).toContain(`✔ Logged in: ${server.url} as alice (context lab).`);
  expect(code).toBe(0);
  expect(enrolled()).toEqual([]);
  expect((await home.config()).contexts['lab']).toMatchObject({ client: CLIENT, user: 'alice' });
});

test('does nothing where the login still works', async () => {
  await home.logIn(server.url);
  const { code, stdout } = await home.run(['login']);
  expect(stdout).toContain(`You were logged in already: ${server.url} as alice (context lab).`);
  expect(enrolled()).toEqual([]);
  expect(code).toBe(0);
});

test('makes a new client where the old one was revoked', async () => {
  await home.logIn(server.url);
  enrolments('approved');
  expect((await home.run(['login', 'lab'])).code).toBe(0);
  expect((await home.config()).contexts['lab']?.client).not.toBe(CLIENT);
});

test('forgets a client that the admin refused', async () => {
  enrolments('pending', 'refused');
  const { code, stderr } = await home.run(['login', server.url]);
  expect(stderr).toContain('berth: Your admin has refused this client');
  expect(code).toBe(3);
  expect((await home.config()).contexts).toEqual({});
});

test('says so when nobody approved in time', async () => {
  enrolments('pending', 'expired');
  const { code, stderr } = await home.run(['login', server.url]);
  expect(stderr).toContain('berth: Nobody approved the code in time.');
  expect(code).toBe(3);
});

test('waits on when the server is asked too often, and fails when it is gone', async () => {
  enrolments('pending');
  const answers = [
    problem('rate_limited', 'Slow down.'),
    problem('not_found', 'This request has expired. Ask again: berth login URL'),
  ];
  server.on('GET /enroll/:id', (request, response) => answers.shift()?.(request, response));
  const { code, stderr } = await home.run(['login', server.url]);
  expect(stderr).toContain('berth: This request has expired.');
  expect(code).toBe(1);
});

test('keeps one client for each server, and says which one commands use', async () => {
  const other = await startStandIn();
  try {
    await home.logIn(other.url, 'other');
    const { stdout } = await home.run(['login', server.url, '--context', 'lab']);
    expect(stdout).toContain('Commands now use lab. For the one before: berth --server other …');
    const { contexts, current } = await home.config();
    expect(current).toBe('lab');
    expect(contexts['lab']?.client).not.toBe(contexts['other']?.client);
    expect(contexts['lab']?.secret).not.toBe(contexts['other']?.secret);
    const secret = contexts['other']?.secret ?? '';
    expect(server.requests.some(({ authorization }) => authorization?.includes(secret))).toBe(
      false,
    );

    const back = await home.run(['login', other.url]);
    expect(back.stdout).toContain('Commands now use other.');
  } finally {
    await other.close();
  }
});

test.each([
  [['login'], 'Log in to which server?'],
  [['login', 'ftp://x.example'], 'is not the address of a server'],
  [['login', 'https://u:p@x.example'], 'is not the address of a server'],
  [['login', 'http://'], 'is not the address of a server'],
  [['login', 'http://127.0.0.1:1', '--invite', 'short'], 'That is not an invite'],
  [['login', 'http://127.0.0.1:1', '--name', '\u001B[31m'], 'cannot name a machine'],
  [['login', 'http://127.0.0.1:1', '--context', 'A B'], 'cannot name a context'],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await home.run(args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test('refuses a context name that is another server’s', async () => {
  await home.logIn(server.url);
  const { code, stderr } = await home.run(['login', 'https://x.example', '--context', 'lab']);
  expect(stderr).toContain(`The context lab is ${server.url} already.`);
  expect(code).toBe(2);
});

test('writes nothing when no Berth server answers', async () => {
  const { code, stderr } = await home.run(['login', 'http://127.0.0.1:1']);
  expect(stderr).toContain('Is berthd running there?');
  expect(code).toBe(4);
  await expect(home.config()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('warns about a server that others can listen to', async () => {
  const { code, stderr } = await home.run(['login', 'http://berth.invalid']);
  expect(stderr).toContain('Warning: http://berth.invalid is not encrypted');
  expect(code).toBe(4);
});

test('puts a broken config aside when told so, and only then', async () => {
  await home.write('version: [\n');
  const refused = await home.run(['login', server.url]);
  expect(refused.stderr).toContain('berth login --reset');
  expect(refused.code).toBe(1);

  const { code, stderr } = await home.run(['login', server.url, '--reset']);
  expect(stderr).toMatch(/Your old config is now .*config\.yaml\.broken-2\d{3}-/);
  expect(code).toBe(0);
  const files = await readdir(dirname(home.configPath));
  expect(files.toSorted()).toEqual([
    'config.yaml',
    expect.stringMatching(/^config\.yaml\.broken-[\dTZ-]+$/),
  ]);

  const again = await home.run(['login', '--reset']);
  expect(again.stderr).toContain('is in order: there is nothing to reset');
  expect(again.code).toBe(2);
});

test('logout forgets the secret, and moves on to the only server left', async () => {
  await home.write(
    configText(server.url).replace('...\n', '') +
      configText('https://b.example', 'b').split('contexts:\n')[1],
  );
  const { code, stdout } = await home.run(['logout']);
  expect(stdout).toContain(`✔ Logged out of ${server.url} (context lab).`);
  expect(stdout).toContain('Commands now use b.');
  expect(code).toBe(0);
  expect(Object.keys((await home.config()).contexts)).toEqual(['b']);
  expect((await home.run(['logout', '--server', 'b'])).code).toBe(0);
  const none = await home.run(['logout']);
  expect(none.stderr).toContain('You are not logged in.');
  expect(none.code).toBe(3);
});

test('logout of one of several leaves the choice to the user', async () => {
  const others = ['b', 'c'].map((name) => configText(`https://${name}.example`, name));
  const entries = others.map((text) => text.split('contexts:\n')[1]?.replace('...\n', ''));
  await home.write(`${configText(server.url).replace('...\n', '')}${entries.join('')}...\n`);
  const { stdout } = await home.run(['logout']);
  expect(stdout).toContain('To use another: berth --server b|c …');
  expect((await home.config()).current).toBeUndefined();
  const { code, stderr } = await home.run(['list']);
  expect(stderr).toContain('Choose one with --server: b, c');
  expect(code).toBe(3);
});
