import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openConfigStore, type Edit } from '@berth/config';
import { describe, expect, test } from 'vitest';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const BOB = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
const HASH = `sha256:${'a'.repeat(64)}`;

const TIME = '2026-11-23 10:00 UTC';

/** A folder with three changes behind it, at 10 o'clock. */
async function eventful(): Promise<Berthd> {
  const berthd = await berthdFolder();
  const now = (): Date => new Date('2026-11-23T10:00:00Z');
  const { directory } = berthd;
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {}, now });
  const edits: [what: string, change: (edit: Edit) => void][] = [
    [
      'add user bob',
      (edit) => {
        edit.set('users.yaml', ['users', BOB], { username: 'bob', containers: ['shell'] });
      },
    ],
    [
      'give alice a client and a limit',
      (edit) => {
        const client = { name: 'x', token_hash: HASH, created: '2026-11-23T10:00:00Z' };
        edit.set('users.yaml', ['users', ALICE, 'clients', BOB], client);
        edit.set(`users/${ALICE}.yaml`, ['limits', 'cpus'], 8);
      },
    ],
  ];
  for (const [what, change] of edits) await store.edit({ by: 'root', what }, change);
  store.close();
  return berthd;
}

const usersOf = ({ directory }: Berthd): Promise<string> =>
  readFile(join(directory, 'users.yaml'), 'utf8');

describe('berthd history', () => {
  test('shows who changed what, the newest first', async () => {
    const berthd = await eventful();
    expect(await berthd.run(['history'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `NUMBER  TIME                  BY      WHAT                             FILES
3       ${TIME}  root    give alice a client and a limit  users.yaml, users/${ALICE}.yaml
2       ${TIME}  root    add user bob                     users.yaml
1       ${TIME}  berthd  start the history                main.yaml, containers.yaml, users.yaml
`,
    });
    const limited = await berthd.run(['history', '--limit', '1']);
    expect(limited.stdout).toMatch(
      /^NUMBER.*\n3 .*\n2 older ones are not shown: berthd history --limit 3 --config .*\/config\n$/,
    );
    expect((await berthd.run(['history', '--limit', '2'])).stdout).toMatch(
      /\n1 older one is not shown: berthd history --limit 3 --config .*\/config\n$/,
    );
  });

  test('tells programs the same', async () => {
    const berthd = await eventful();
    const { stdout } = await berthd.run(['history', 'list', '--limit', '1', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      records: [
        {
          number: 3,
          time: '2026-11-23T10:00:00.000Z',
          by: 'root',
          what: 'give alice a client and a limit',
          revision: expect.stringMatching(/^[0-9a-f]{16}$/),
          files: ['users.yaml', `users/${ALICE}.yaml`],
        },
      ],
      older: 2,
      rejected: [],
    });
  });

  test('of a folder without one says so', async () => {
    const berthd = await berthdFolder();
    expect((await berthd.run(['history'])).stdout).toBe('Nothing has been recorded yet.\n');
    expect(await berthd.run(['history', 'show', '1'])).toMatchObject({
      code: 1,
      stderr: 'berthd: The history has no number 1: it is empty.\n',
    });
  });

  test('refuses what is no number as wrong usage', async () => {
    const berthd = await berthdFolder();
    for (const text of ['x', '1e1', '0x1', ' 1', '1.0', '+1', '0', '', 'now']) {
      expect(await berthd.run(['history', 'show', text]), text).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('It must be a number that `berthd history` shows.'),
      });
      expect(await berthd.run(['history', '--limit', text]), text).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('It must be a whole number, 1 or more.'),
      });
    }
  });
});

describe('berthd history show', () => {
  test('shows what a change did, without secrets', async () => {
    const berthd = await eventful();
    const { code, stdout, stderr } = await berthd.run(['history', 'show', '3']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Number 3, ${TIME}, by root: give alice a client and a limit
--- users.yaml\tbefore
+++ users.yaml\tnumber 3
@@ -3,6 +3,11 @@
   ${ALICE}:
     username: alice
     containers: [lab]
+    clients:
`);
    expect(stdout).toContain(`--- /dev/null\n+++ users/${ALICE}.yaml\tnumber 3\n@@ -0,0 +1,`);
    expect(stdout).toMatch(/^\+ +token_hash: \(hidden\)$/m);
    expect(stdout).not.toContain('aaaa');
    expect(stderr).toBe(
      'berthd: What could be a hash, a token or a password is hidden. To see it add --reveal.\n',
    );
    const revealed = await berthd.run(['history', 'show', '3', '--reveal']);
    expect(revealed).toMatchObject({ stdout: expect.stringContaining(HASH), stderr: '' });
  });

  test('tells programs the lines', async () => {
    const berthd = await eventful();
    const { stdout } = await berthd.run(['history', 'show', '2', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      number: 2,
      by: 'root',
      what: 'add user bob',
      files: [
        {
          file: 'users.yaml',
          change: 'changed',
          added: 3,
          removed: 0,
          lines: expect.arrayContaining([`+  ${BOB}:`, '+    username: bob']),
        },
      ],
      unknown: [],
    });
  });

  test('of the first change tells what the history begins with', async () => {
    const berthd = await eventful();
    expect((await berthd.run(['history', 'show', '1'])).stdout).toBe(
      `Number 1, ${TIME}, by berthd: start the history\nThe history begins with main.yaml, containers.yaml, users.yaml.\n`,
    );
  });
});

describe('berthd history diff', () => {
  test('compares with the files as they are now, or with another number', async () => {
    const berthd = await eventful();
    const renamed = (await usersOf(berthd)).replace('username: bob', 'username: bert');
    await berthd.write('users.yaml', renamed);
    const now = await berthd.run(['history', 'diff', '3']);
    expect(now.stdout).toMatch(
      /^--- users.yaml\tnumber 3\n\+\+\+ users.yaml\tnow\n@@ .*\n(?: .*\n)+- {4}username: bob\n\+ {4}username: bert\n(?: .*\n)+$/,
    );
    const undone = await berthd.run(['history', 'diff', 'now', '3']);
    expect(undone.stdout).toMatch(
      /^--- users.yaml\tnow\n\+\+\+ users.yaml\tnumber 3\n@@ .*\n(?: .*\n)+- {4}username: bert\n\+ {4}username: bob\n(?: .*\n)+$/,
    );
    const back = await berthd.run(['history', 'diff', '3', '2']);
    expect(back.stdout).toContain('--- users.yaml\tnumber 3\n+++ users.yaml\tnumber 2\n');
    expect(back.stdout).toContain('+++ /dev/null\n');
    expect((await berthd.run(['history', 'diff', '2', '2'])).stdout).toBe(
      'There is no difference.\n',
    );
    const { stdout } = await berthd.run(['history', 'diff', '3', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      from: 3,
      to: 'now',
      files: [{ file: 'users.yaml', added: 1, removed: 1 }],
    });
  });

  test('works on files that do not load', async () => {
    const berthd = await eventful();
    await berthd.write('users.yaml', (await usersOf(berthd)).slice(0, 60));
    const { code, stdout } = await berthd.run(['history', 'diff', '3']);
    expect(code).toBe(0);
    expect(stdout).toContain('-    username: alice\n');
  });
});

describe('berthd history restore', () => {
  test('names the clients that it lets in again', async () => {
    const berthd = await eventful();
    const words = 'It lets in 1 client that cannot come in without it: x of alice.';
    const restore = ['history', 'restore', '3'];
    for (const change of [
      ['client', 'revoke', 'alice', 'x'],
      ['client', 'reset', 'alice', 'x'],
      ['user', 'set', 'alice', '--disable'],
      ['user', 'remove', 'alice', '--yes'],
    ]) {
      expect((await berthd.run(change)).code).toBe(0);
      expect((await berthd.run(restore)).stderr).toContain(`. ${words} There is no terminal`);
      expect((await berthd.run([...restore, '--yes'])).stdout).toContain(`\n${words}\n`);
    }
    await berthd.run(['client', 'revoke', 'alice', 'x']);
    const { stdout } = await berthd.run([...restore, '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ let_in: [{ id: BOB, user: 'alice', name: 'x' }] });
    expect((await berthd.run(['history', 'restore', '2', '--yes'])).stdout).not.toContain(
      'lets in',
    );
  });

  test('names the clients that have expired since, and none that has expired by then', async () => {
    const berthd = await eventful();
    const users = await usersOf(berthd);
    const expires = (when: string): string =>
      users.replace(/( +)created: .*\n/, `$&$1expires: ${when}\n`);
    await berthd.write('users.yaml', expires('2020-01-01T00:00:00Z'));
    const named = await berthd.run(['history', 'restore', '3', '--yes', '--json']);
    expect(JSON.parse(named.stdout)).toMatchObject({ let_in: [{ id: BOB, expires: null }] });
    const { stdout } = await berthd.run(['history', 'restore', '4', '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ restored: 4, let_in: [] });
  });

  test('names them also where the files do not load, by the last version that was valid', async () => {
    const berthd = await eventful();
    await berthd.run(['client', 'revoke', 'alice', 'x']);
    await berthd.write('users.yaml', (await usersOf(berthd)).replace('username:', 'usernam:'));
    const words = 'It lets in 1 client that cannot come in without it: x of alice.';
    const restore = ['history', 'restore', '3'];
    expect((await berthd.run(restore)).stderr).toContain(`. ${words} There is no terminal`);
    const { stdout } = await berthd.run([...restore, '--yes', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ let_in: [{ id: BOB, user: 'alice' }] });
    await berthd.write('users.yaml', 'version: 1');
    expect((await berthd.run([...restore, '--yes'])).stdout).not.toContain('lets in');
  });

  test('shows what will change, asks, and says how to undo it', async () => {
    const berthd = await eventful();
    const before = await usersOf(berthd);
    const running = berthd.start(['history', 'restore', '1'], { terminal: true });
    await running.printed(/Restore number 1\? \[y\/N\] /);
    expect(await usersOf(berthd)).toBe(before);
    running.child.stdin.write('y\n');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('-    username: bob');
    expect(stdout).toContain(
      `Restored number 1: users.yaml (8 lines removed), users/${ALICE}.yaml (removed).`,
    );
    const [, undo = ''] = /This is number 4\. To undo it: berthd (.*?)\r?\n/.exec(stdout) ?? [];
    expect(await usersOf(berthd)).not.toContain('bob');
    expect((await berthd.run([...undo.split(' '), '--yes'])).code).toBe(0);
    expect(await usersOf(berthd)).toBe(before);
    const [newest] = (await berthd.run(['history', '--limit', '1'])).stdout.split('\n').slice(1);
    expect(newest).toMatch(/^5 .* ada +restore number 3 +users.yaml, users\/.*\.yaml$/);
  });

  test('changes nothing where the answer is no, or nobody can be asked', async () => {
    const berthd = await eventful();
    const before = await usersOf(berthd);
    const asked = berthd.start(['history', 'restore', '1'], { terminal: true });
    await asked.printed(/\[y\/N\] /);
    asked.child.stdin.write('n\n');
    expect(await asked.ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing was changed.'),
    });
    expect(await berthd.run(['history', 'restore', '1'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `berthd: Restoring number 1 would change users.yaml (8 lines removed), users/${ALICE}.yaml (removed). There is no terminal to ask on; to agree beforehand add --yes.\n`,
    });
    expect(await usersOf(berthd)).toBe(before);
  });

  test('is the way out when nothing loads, and keeps what stood there', async () => {
    const berthd = await eventful();
    const before = await usersOf(berthd);
    await berthd.write('users.yaml', `${before.slice(0, -4)}  broken: [\n...\n`);
    await rm(join(berthd.directory, 'main.yaml'));
    const failed = await berthd.run(['check']);
    expect(failed.code).toBe(1);
    const [, command = ''] = /To go back to it: berthd (.*)\n/.exec(failed.stderr) ?? [];
    const { code, stdout, stderr } = await berthd.run([...command.split(' '), '--yes', '--json']);
    expect(code).toBe(0);
    expect(await usersOf(berthd)).toBe(before);
    const [rejected] = (JSON.parse(stdout) as { rejected: string[] }).rejected;
    expect(stderr).toBe(`berthd: A text of users.yaml gave way and was kept: ${rejected}\n`);
    expect(await readFile(rejected ?? '', 'utf8')).toContain('broken: [');
    const listed = await berthd.run(['history']);
    expect(listed.stdout).toContain(`: ${rejected}\n`);
    expect(listed.stdout).toMatch(/Texts that gave way were kept\./);
  });

  test('tells where it could not write the history to its end', async () => {
    const berthd = await eventful();
    const first = await usersOf(berthd);
    const copy = join(berthd.directory, 'history', 'last', 'users.yaml');
    await rm(copy);
    await mkdir(copy);
    const { code, stderr } = await berthd.run(['history', 'restore', '2', '--yes']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'berthd: What was changed is in force, but the history could not be written. The next change tries again.\n',
    });
    expect(await usersOf(berthd)).not.toBe(first);
  });

  test('of what is so already changes nothing', async () => {
    const berthd = await eventful();
    expect(await berthd.run(['history', 'restore', '3'])).toEqual({
      code: 0,
      stdout: 'The files are like number 3 already. Nothing was changed.\n',
      stderr: '',
    });
    expect(await readdir(join(berthd.directory, 'history'))).toHaveLength(4);
  });

  test('sums up what is too long to read', async () => {
    const berthd = await eventful();
    const many = Array.from({ length: 100 }, (_, index) => `  t${index}: {image: x}\n`).join('');
    const text = await readFile(join(berthd.directory, 'containers.yaml'), 'utf8');
    await berthd.write('containers.yaml', text.replace('...\n', `${many}...\n`));
    const running = berthd.start(['history', 'restore', '3'], { terminal: true });
    await running.printed(/Restore number 3\?/);
    running.child.stdin.write('y\n');
    const { stdout } = await running.ended;
    expect(stdout.replaceAll('\r', '')).toMatch(
      /^This would change:\n {2}containers.yaml \(100 lines removed\)\nTo see the lines: berthd history diff now 3 --config .*\/config\n/,
    );
  });

  test('a server that refused what was there is content when it is done', async () => {
    const berthd = await eventful();
    const { url, printed } = await berthd.serve();
    const status = async (): Promise<unknown> =>
      ((await (await fetch(`${url}/healthz`)).json()) as { status: string }).status;
    await berthd.write('users.yaml', 'version: 1\nusers: {');
    await printed(/config_rejected/);
    expect(await status()).toBe('degraded');
    expect(await berthd.run(['history', 'restore', '3', '--yes'])).toMatchObject({ code: 0 });
    expect(await status()).toBe('ok');
  });

  test('a server that runs has taken it up', async () => {
    const berthd = await eventful();
    const { url } = await berthd.serve();
    const revision = async (): Promise<string> =>
      ((await (await fetch(`${url}/healthz`)).json()) as { config: { revision: string } }).config
        .revision;
    const { stdout } = await berthd.run(['history', 'restore', '2', '--yes', '--json']);
    expect(await revision()).toBe((JSON.parse(stdout) as { revision: string }).revision);
  });
});
