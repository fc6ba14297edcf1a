import { chmod, mkdir, readFile, rename, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { openConfigStore } from '@berth/config';
import type { Ended } from '@berth/testbed/program';
import { describe, expect, test } from 'vitest';
import { makeSelfSigned } from '../../certificate/self-signed.ts';
import { berthdFolder, type Berthd } from '../../testing/berthd.ts';
import { UNPRIVILEGED } from '../../testing/unprivileged.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

const BROKEN = `version: 1
users:
  ${ALICE}:
    usrname: alice
    containers: [lba]
    rights: [amdin]
...
`;

const check = (berthd: Berthd, ...more: string[]): Promise<Ended> => berthd.run(['check', ...more]);

const json = async (berthd: Berthd): Promise<unknown> =>
  JSON.parse((await check(berthd, '--json')).stdout) as unknown;

async function record({ directory }: Berthd, isDisabled: boolean): Promise<void> {
  const now = (): Date => new Date('2026-11-23T10:00:00Z');
  const store = await openConfigStore({ directory, isWatching: false, onNotice: () => {}, now });
  await store.edit({ by: 'root', what: 'change alice' }, (edit) => {
    edit.set('users.yaml', ['users', ALICE, 'disabled'], isDisabled);
  });
  store.close();
}

describe('berthd check', () => {
  test('of a configuration that loads says what it holds, and exits with 0', async () => {
    const berthd = await berthdFolder();
    const { code, stdout, stderr } = await check(berthd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^\/.* is valid: 2 templates, 1 user, 0 clients \(revision [0-9a-f]{16}\)\.\n$/,
    );
    expect(await json(berthd)).toEqual({
      valid: true,
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      message: null,
      issues: [],
      more_issues: false,
      warnings: [],
      last_valid: null,
      serving: null,
    });
  });

  test('tells every error with its place, and exits with 1', async () => {
    const berthd = await berthdFolder({ 'users.yaml': BROKEN });
    const { code, stdout, stderr } = await check(berthd);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('users.yaml:4:5: unknown key "usrname" (did you mean "username"?)');
    expect(stderr).toMatch(/users.yaml:6:14: .*\n/);
    const ended = await check(berthd, '--json');
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      valid: false,
      revision: null,
      message: expect.stringContaining('users.yaml:4:5'),
      issues: expect.arrayContaining([
        {
          file: 'users.yaml',
          line: 4,
          column: 5,
          message: 'unknown key "usrname" (did you mean "username"?)',
        },
      ]),
    });
  });

  test.each([
    [1000, false, 'The configuration has 1000 errors:'],
    [1001, true, 'The configuration has more than 1000 errors. The first of them:'],
  ])('of %i errors tells a thousand, and whether there are more', async (count, areMore, first) => {
    const users = Array.from(
      { length: count },
      (_, index) => `  ${ALICE.slice(0, -4)}${index + 1000}: {username: u${index}, nosuch: 1}\n`,
    );
    const berthd = await berthdFolder({
      'users.yaml': `version: 1\nusers:\n${users.join('')}...\n`,
    });
    expect(await json(berthd)).toMatchObject({
      issues: Array.from({ length: 1000 }, (_, index) => ({ file: 'users.yaml', line: index + 3 })),
      more_issues: areMore,
    });
    const { stderr } = await check(berthd);
    expect(stderr).toContain(first);
    expect(stderr.match(/^users.yaml:\d+:\d+: unknown key/gm)).toHaveLength(1000);
  });

  test.each([
    ['templates that are gone', '{username: u%, containers: [gone]}', '', 'users:'],
    [
      'the same, in a file that is parsed whole',
      '{username: u%, containers: [gone]}',
      '',
      '"users":',
    ],
    ['keys that are not known, there', '{username: u%, nosuch: 1}', '', '"users":'],
    ['tabs', '{username: u%\t}', '', 'users:'],
    ['tabs before what cannot be read', '{username: u%\t}', '}\n', 'users:'],
  ])('tells all of fifty errors: %s', async (_, user, end, head) => {
    const users = Array.from(
      { length: 50 },
      (__, index) => `  ${ALICE.slice(0, -2)}${index + 10}: ${user.replace('%', `${index}`)}\n`,
    );
    const berthd = await berthdFolder({
      'users.yaml': `version: 1\n${head}\n${users.join('')}${end}...\n`,
    });
    expect(await json(berthd)).toMatchObject({
      issues: Array.from({ length: 50 }, (__, index) => ({ file: 'users.yaml', line: index + 3 })),
      more_issues: false,
    });
  });

  test('refuses to serve plain HTTP beyond loopback, and so does serve', async () => {
    const berthd = await berthdFolder();
    const path = join(berthd.directory, 'main.yaml');
    const text = await readFile(path, 'utf8');
    await berthd.write('main.yaml', text.replace('server: {', 'server: {host: 0.0.0.0, '));
    const { code, stderr } = await check(berthd);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'main.yaml:3:16: would serve plain HTTP beyond loopback, where passwords can be read',
    );
    expect(await berthd.run(['serve'])).toEqual({ code: 1, stdout: '', stderr });
  });

  const withTls = async (): Promise<Berthd> => {
    const berthd = await berthdFolder();
    const path = join(berthd.directory, 'main.yaml');
    const text = await readFile(path, 'utf8');
    const tls = 'tls: {cert_file: tls/cert.pem, key_file: tls/key.pem}';
    await berthd.write('main.yaml', text.replace('server: {', `server: {${tls}, `));
    return berthd;
  };
  const putCertificate = async (berthd: Berthd, made: Date): Promise<void> => {
    const { cert, key } = await makeSelfSigned(['localhost'], made);
    await berthd.write('tls/cert.pem', cert);
    await berthd.write('tls/key.pem', key);
    await chmod(join(berthd.directory, 'tls/key.pem'), 0o600);
  };

  test('refuses a certificate that cannot be served, and so does serve', async () => {
    const berthd = await withTls();
    const { code, stderr } = await check(berthd);
    expect(code).toBe(1);
    expect(stderr).toContain(`${berthd.directory}/tls/cert.pem cannot be read (ENOENT)`);
    expect(await berthd.run(['serve'])).toEqual({ code: 1, stdout: '', stderr });
    expect(await json(berthd)).toMatchObject({
      valid: false,
      issues: [{ file: 'tls/cert.pem', line: 1, column: 1 }],
    });
    await putCertificate(berthd, new Date());
    expect(await check(berthd)).toMatchObject({ code: 0, stderr: '' });
  });

  test('warns of a certificate that is not valid today', async () => {
    const berthd = await withTls();
    await putCertificate(berthd, new Date(Date.now() - 900 * 86_400_000));
    const { code, stdout } = await check(berthd);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `Warning: the certificate ${berthd.directory}/tls/cert.pem has expired on 20`,
    );
    expect(await json(berthd)).toMatchObject({ warnings: [{ kind: 'certificate_not_valid' }] });
  });

  test('warns of a key that everybody can read', async () => {
    const berthd = await withTls();
    await putCertificate(berthd, new Date());
    const path = join(berthd.directory, 'tls/key.pem');
    for (const folder of ['..', '.']) await chmod(join(berthd.directory, folder), 0o755);
    for (const name of ['main', 'users', 'containers']) {
      await chmod(join(berthd.directory, `${name}.yaml`), 0o600);
    }
    expect((await check(berthd)).stdout).not.toContain('Warning');
    await chmod(path, 0o644);
    expect((await check(berthd)).stdout).toContain(
      `Warning: everybody on this machine can read ${path}: chmod o-r ${path}\n`,
    );
  });

  test('tells of a file that is missing, and of the last version that was valid', async () => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    await rm(join(berthd.directory, 'containers.yaml'));
    const { stderr } = await check(berthd);
    expect(stderr).toBe(
      `berthd: ${berthd.directory}/containers.yaml does not exist.
The last version that was valid is number 2, of 2026-11-23 10:00 UTC by root (change alice). To go back to it: berthd history restore 2 --config ${berthd.directory}
`,
    );
    expect(await json(berthd)).toMatchObject({
      valid: false,
      issues: [{ file: 'containers.yaml', line: 1, column: 1, message: 'does not exist' }],
      last_valid: {
        number: 2,
        time: '2026-11-23T10:00:00.000Z',
        by: 'root',
        what: 'change alice',
        revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    });
  });

  test('warns of passwords that open nothing, and shows no hash', async () => {
    const weak = `$pbkdf2-sha256$i=1000,l=32$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    const users = Array.from(
      { length: 7 },
      (_, index) =>
        `  6b1f0a3e-2c5d-4f8e-9a07-1d2e3f40516${index}: {username: u${index}, password_hash: "${weak}"}\n`,
    );
    const berthd = await berthdFolder({
      'users.yaml': `version: 1\nusers:\n${users.join('')}...\n`,
    });
    const { code, stdout } = await check(berthd);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `\nWarning: nobody can log in with the password of u0. The stored hash has 1000 rounds of PBKDF2; at least 100000 are needed. Set a new password: berthd user password u0 --config ${berthd.directory}\n`,
    );
    expect(stdout).toContain('\nWarning: it is the same with 2 more passwords.\n');
    expect(stdout).not.toContain('AAAA');
    expect(await json(berthd)).toMatchObject({
      warnings: Array.from({ length: 6 }, () => ({ kind: 'password_useless' })),
    });
  });

  test('warns of files that everybody can read or change', async () => {
    const berthd = await berthdFolder();
    const users = join(berthd.directory, 'users.yaml');
    await chmod(join(berthd.directory, '..'), 0o711);
    await chmod(berthd.directory, 0o755);
    for (const file of ['main.yaml', 'containers.yaml']) {
      await chmod(join(berthd.directory, file), 0o640);
    }
    await chmod(users, 0o646);
    const { code, stdout } = await check(berthd);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      `Warning: everybody on this machine can read ${users}: chmod o-r ${users}`,
      `Warning: everybody on this machine can change ${users}: chmod o-w ${users}`,
      '',
    ]);
    await chmod(join(berthd.directory, '..'), 0o700);
    expect(await json(berthd)).toMatchObject({ warnings: [] });
  });

  test('judges who can read a file by where its link leads', async () => {
    const berthd = await berthdFolder();
    const users = join(berthd.directory, 'users.yaml');
    const main = join(berthd.directory, 'main.yaml');
    const open = join(berthd.directory, '..', 'open');
    const closed = join(berthd.directory, '..', 'closed');
    await mkdir(open, { mode: 0o755 });
    await mkdir(closed, { mode: 0o700 });
    await rename(users, join(open, 'users.yaml'));
    await symlink('../open/users.yaml', users);
    await rename(main, join(closed, 'main.yaml'));
    await symlink('../closed/main.yaml', main);
    await chmod(join(open, 'users.yaml'), 0o644);
    await chmod(join(closed, 'main.yaml'), 0o644);
    await chmod(join(berthd.directory, 'containers.yaml'), 0o640);
    await chmod(join(berthd.directory, '..'), 0o711);
    for (const mode of [0o700, 0o755]) {
      await chmod(berthd.directory, mode);
      const { stdout } = await check(berthd);
      expect(stdout.split('\n').slice(1)).toEqual([
        `Warning: everybody on this machine can read ${users}: chmod o-r ${users}`,
        '',
      ]);
    }
  });

  test('warns of a file that no user has', async () => {
    const gone = '7c2f0a3e-2c5d-4f8e-9a07-1d2e3f405162';
    const berthd = await berthdFolder({
      [`users/${ALICE}.yaml`]: 'version: 1\n...\n',
      [`users/${gone}.yaml`]: 'version: 1\noverrides: {none: {persist: true}}\n...\n',
    });
    const { code, stdout } = await check(berthd);
    const path = join(berthd.directory, 'users', `${gone}.yaml`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/is valid.*\nWarning: /);
    expect(stdout).toContain(
      `Warning: users.yaml has no user ${gone}: what their own file says holds for nobody. Unless they are to come back: rm ${path}\n`,
    );
    expect(await json(berthd)).toMatchObject({ warnings: [{ kind: 'nobodys_file' }] });
  });

  test('warns of texts that gave way', async () => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    await berthd.write('users.yaml', BROKEN);
    await berthd.run(['history', 'restore', '2', '--yes']);
    expect((await check(berthd)).stdout).toMatch(
      /\nWarning: a text of users.yaml gave way on \d{4}-\d\d-\d\d \d\d:\d\d UTC and was kept: .*\/history\/rejected-.*-users\.yaml\. Put what you need of it into the file again, and remove it\.\n$/,
    );
    expect(await json(berthd)).toMatchObject({ warnings: [{ kind: 'rejected_text' }] });
  });
});

describe('of what cannot be read as a file, berthd check', () => {
  test.each(['users.yaml', 'main.yaml'])('tells that %s is a folder', async (file) => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    const path = join(berthd.directory, file);
    const before = await readFile(path, 'utf8');
    await rm(path);
    await mkdir(path);
    const message = `is a folder, not a file. Move it away: mv ${path} ${path}.moved`;
    const { code, stderr } = await check(berthd);
    expect({ code, stderr }).toEqual({ code: 1, stderr: `berthd: ${path} ${message}\n` });
    expect(await json(berthd)).toMatchObject({
      valid: false,
      issues: [{ file, line: 1, column: 1, message }],
      last_valid: { number: 2 },
    });
    const restore = ['history', 'restore', '2', '--yes'];
    expect(await berthd.run(restore)).toMatchObject({ code: 1, stderr });
    await rename(path, `${path}.moved`);
    expect(await berthd.run(restore)).toMatchObject({ code: 0 });
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  test.each(['users.yaml', 'main.yaml'])('tells that %s may not be read', async (file) => {
    const berthd = await berthdFolder();
    const path = join(berthd.directory, file);
    await chmod(path, 0o000);
    const { code, stdout } = await berthd.run(['check', '--json'], { through: UNPRIVILEGED });
    const message = `${path}: not allowed to this user. Run berthd as one who is (EACCES).`;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      message,
      issues: [{ file, message }],
    });
  });
});

describe('where nothing can be seen of a server, berthd check', () => {
  test('judges the files all the same, for who may not look into the state', async () => {
    const berthd = await berthdFolder({ 'users.yaml': BROKEN });
    const state = join(berthd.directory, 'state');
    await mkdir(state, { mode: 0o000 });
    const ended = await berthd.run(['check'], { through: UNPRIVILEGED });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('"usrname"') });
    expect(ended.stdout).toBe(
      `Warning: whether a server goes by these files cannot be seen: ${state}/.lock: not allowed to this user. Run berthd as one who is (EACCES).\n`,
    );
    const { stdout } = await berthd.run(['check', '--json'], { through: UNPRIVILEGED });
    expect(JSON.parse(stdout)).toMatchObject({
      issues: expect.arrayContaining([expect.objectContaining({ file: 'users.yaml', line: 4 })]),
      warnings: [{ kind: 'server_unseen' }],
      serving: null,
    });
  });

  test('says so of files that are valid, also where the state is to be below a file', async () => {
    const berthd = await berthdFolder();
    const path = join(berthd.directory, 'main.yaml');
    const text = await readFile(path, 'utf8');
    await berthd.write('main.yaml', text.replace('...', 'state: {directory: main.yaml/x}\n...'));
    const { code, stdout } = await check(berthd);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /is valid: .*\nWarning: whether a server .* below a file \(ENOTDIR\)\.\n$/,
    );
  });
});

describe('where the newest record of the history is damaged', () => {
  test('berthd check judges the files all the same, and names the way out', async () => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    const path = join(berthd.directory, 'history', '00000002.json');
    await truncate(path, 20);
    const { code, stdout, stderr } = await check(berthd);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${berthd.directory} is valid: `);
    expect(stdout).toContain(`\nWarning: ${path} is damaged: `);
    expect(stdout).toContain(`: mv ${path} ${path}.damaged\n`);
    expect(await json(berthd)).toMatchObject({
      valid: true,
      warnings: [{ kind: 'history_damaged' }],
      last_valid: null,
    });
    await berthd.write('users.yaml', BROKEN);
    expect(await check(berthd)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('users.yaml:4:5: unknown key'),
    });
  });

  test('an edit says so once, and claims nothing; the way out works', async () => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    const path = join(berthd.directory, 'history', '00000002.json');
    await truncate(path, 20);
    const enable = ['user', 'set', 'alice', '--enable'];
    expect(await berthd.run(enable)).toEqual({
      code: 1,
      stdout: '',
      stderr: `berthd: ${path} is damaged: it is not a record of the history. What needs it fails until it is moved away: mv ${path} ${path}.damaged\nWhat is older than it cannot be restored any more.\n`,
    });
    await rename(path, `${path}.damaged`);
    expect(await berthd.run(enable)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('while a server runs, berthd check', () => {
  test('says that it goes by these files', async () => {
    const berthd = await berthdFolder();
    const { url, child } = await berthd.serve();
    expect((await check(berthd)).stdout).toContain(
      `\nThe server at ${url} (process ${child.pid}) goes by it.\n`,
    );
    expect(await json(berthd)).toMatchObject({
      warnings: [],
      serving: { url, pid: child.pid, rejected: null },
    });
  });

  test('says that it goes on with an older version where these do not load', async () => {
    const berthd = await berthdFolder();
    const server = await berthd.serve();
    const { revision } = (await json(berthd)) as { revision: string };
    await berthd.write('users.yaml', BROKEN);
    await berthd.write('main.yaml', 'version: 1\n');
    await server.printed(/config_rejected[^]*To go back to it: berthd history restore 1/);
    const { code, stdout, stderr } = await check(berthd);
    expect(code).toBe(1);
    expect(stdout).toBe(
      `Warning: the server at ${server.url} (process ${server.child.pid}) goes on with revision ${revision}.\n`,
    );
    expect(stderr).toContain('usrname');
    const file = join(berthd.directory, 'state', 'serving.json');
    await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toContain('main.yaml:2:1');
    expect(await json(berthd)).toMatchObject({
      serving: { revision, rejected: expect.stringContaining('usrname') },
    });
  });

  test('does not believe one that was killed', async () => {
    const berthd = await berthdFolder();
    const server = await berthd.serve();
    server.child.kill('SIGKILL');
    await server.ended;
    expect(await json(berthd)).toMatchObject({ serving: null, warnings: [] });
  });
});

describe('berthd serve', () => {
  test('never starts afresh where nothing loads, but names the way back', async () => {
    const berthd = await berthdFolder();
    await record(berthd, true);
    for (const file of ['main.yaml', 'containers.yaml', 'users.yaml']) {
      await rm(join(berthd.directory, file));
    }
    expect(await berthd.run(['serve'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `berthd: ${berthd.directory}/main.yaml does not exist.
The last version that was valid is number 2, of 2026-11-23 10:00 UTC by root (change alice). To go back to it: berthd history restore 2 --config ${berthd.directory}
`,
    });
  });
});
