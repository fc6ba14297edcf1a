import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDisk } from '@berth/config/disk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dieRestoring } from '../backup/testing/die-restoring.ts';
import { createStage } from '../backup/stage.ts';
import { honest } from '../backup/testing/forge.ts';
import { tree } from '../backup/testing/tree.ts';
import { berthdFolder, type Berthd } from '../testing/berthd.ts';
import { expectRefusal } from '../testing/printed.ts';
import { UNPRIVILEGED } from '../testing/unprivileged.ts';

/** Where a backup of it goes. */
const archiveOf = ({ directory }: Berthd): string => join(dirname(directory), 'berth.tar.gz');

const BERTHD = [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  fileURLToPath(new URL('../main.ts', import.meta.url)),
];

const usersOf = ({ directory }: Pick<Berthd, 'directory'>): Promise<string> =>
  readFile(join(directory, 'users.yaml'), 'utf8');

const rename = async (berthd: Berthd): Promise<string> => {
  const renamed = (await usersOf(berthd)).replace('alice', 'alicia');
  await berthd.write('users.yaml', renamed);
  return renamed;
};

/** A user of the machine who is not root. */
const SERVICE = 12_345;

/** Gives somebody a folder with all that is in it. */
async function give(folder: string, user: number): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const path of [folder, ...names.map((name) => join(folder, name))]) {
    await chown(path, user, user);
  }
}

describe('berthd backup', () => {
  test('writes a file that only its owner can read, also while a server runs', async () => {
    const berthd = await berthdFolder({ 'secrets.yaml': 'registry: hunter2\n' });
    const { url } = await berthd.serve();
    const file = archiveOf(berthd);
    const { code, stdout, stderr } = await berthd.run(['backup', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Backed up .* \(1 user, revision [0-9a-f]{16}\) to .*berth\.tar\.gz\.\nIt holds password hashes and secrets\. To go back to it: berthd restore .*berth\.tar\.gz --config \/.*\/config\n$/,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('tells how to go back to it, on this installation', async () => {
    const berthd = await berthdFolder();
    const directory = join(dirname(berthd.directory), "it's here");
    await cp(berthd.directory, directory, { recursive: true });
    const before = await usersOf({ directory });
    const archive = join(directory, 'b.tgz');
    const { stdout } = await berthd.run(['backup', archive, '--config', directory]);
    const renamed = await rename(berthd);
    await writeFile(join(directory, 'users.yaml'), renamed);
    const [, hint = ''] = /To go back to it: berthd (.*)\n/.exec(stdout) ?? [];
    const env = { ...process.env, BERTH_CONFIG: berthd.directory, BERTHD: BERTHD.join(' ') };
    execFileSync('sh', ['-c', `$BERTHD ${hint} --yes`], { env });
    expect(await usersOf({ directory })).toBe(before);
    expect(await usersOf(berthd)).toBe(renamed);
  });

  test('tells programs what is in it', async () => {
    const berthd = await berthdFolder();
    const { stdout } = await berthd.run(['backup', archiveOf(berthd), '--json']);
    expect(JSON.parse(stdout)).toEqual({
      path: archiveOf(berthd),
      time: expect.stringMatching(/^\d{4}-/),
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      files: ['config/main.yaml', 'config/containers.yaml', 'config/users.yaml'],
    });
  });

  test('replaces a file only with --force, and nothing but files', async () => {
    const berthd = await berthdFolder();
    const file = archiveOf(berthd);
    await writeFile(file, 'precious');
    expect(await berthd.run(['backup', file])).toMatchObject({
      code: 1,
      stderr: `berthd: ${file} is there already. To replace it add --force.\n`,
    });
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect((await berthd.run(['backup', file, '--force'])).code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const other of ['/dev/null', dirname(file)]) {
      expect(await berthd.run(['backup', other, '--force'])).toMatchObject({
        code: 1,
        stderr: `berthd: ${other} is no file that a backup could replace.\n`,
      });
    }
    const link = join(dirname(file), 'link');
    await symlink(file, link);
    expect((await berthd.run(['backup', link, '--force'])).code).toBe(0);
    expect((await readdir(dirname(file))).toSorted()).toEqual(['berth.tar.gz', 'config', 'link']);
  });

  test('leaves nothing behind where it cannot be written', async () => {
    const berthd = await berthdFolder();
    const file = archiveOf(berthd);
    const nowhere = join(file, 'x');
    expectRefusal(
      await berthd.run(['backup', nowhere]),
      1,
      `berthd: ${nowhere}: there is no such file or folder (ENOENT).\n`,
    );
    await rm(join(berthd.directory, 'users.yaml'));
    expect((await berthd.run(['backup', file])).code).toBe(1);
    expect(await readdir(dirname(file))).toEqual(['config']);
  });

  test('writes to standard output, for another program', async () => {
    const berthd = await berthdFolder();
    const file = archiveOf(berthd);
    const before = await usersOf(berthd);
    const shell = (line: string): string =>
      execFileSync('sh', ['-c', line], {
        env: { ...process.env, BERTH_CONFIG: berthd.directory, BERTHD: BERTHD.join(' ') },
        encoding: 'utf8',
      });
    expect(shell(`$BERTHD backup - > '${file}'`)).toBe('');
    await rename(berthd);
    expect(shell(`$BERTHD restore - --yes < '${file}'`)).toMatch(/^Restored the backup/);
    expect(await usersOf(berthd)).toBe(before);
    expect(await berthd.run(['backup', '-', '--json'])).toMatchObject({ code: 2 });
    const shown = await berthd.start(['backup', '-'], { terminal: true }).ended;
    expect(shown).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('A terminal cannot show a backup.'),
    });
  });

  test('is made also by who may only read the configuration', async () => {
    const berthd = await berthdFolder();
    const before = await usersOf(berthd);
    const all = await tree(berthd.directory);
    const archive = archiveOf(berthd);
    execFileSync('chmod', ['-R', 'a-w', berthd.directory]);
    const { code, stderr } = await berthd.run(['backup', archive], { through: UNPRIVILEGED });
    execFileSync('chmod', ['-R', 'u+w', berthd.directory]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await tree(berthd.directory)).toEqual(all);
    await rename(berthd);
    await berthd.run(['restore', archive, '--yes']);
    expect(await usersOf(berthd)).toBe(before);
  });

  test('is not made while a restore is under way', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    const { path, leave } = await createStage(createDisk(), berthd.directory);
    onTestFinished(leave);
    const about = { stateDirectory: berthd.directory, revision: 'x', number: 0, moves: [] };
    await writeFile(join(path, 'ready.json'), JSON.stringify(about));
    const { code, stderr } = await berthd.run(['backup', archiveOf(berthd), '--force']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `berthd: A backup is being restored into ${berthd.directory} at this moment. Try again when that is done.\n`,
    });
  });

  test('of files that do not load takes the last version that did, and says so', async () => {
    const berthd = await berthdFolder();
    const before = await usersOf(berthd);
    await berthd.run(['backup', archiveOf(berthd)]);
    await berthd.run(['restore', archiveOf(berthd), '--yes']);
    await berthd.write('users.yaml', 'version: 1\nusers: {');
    const { code, stderr } = await berthd.run(['backup', archiveOf(berthd), '--force']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^berthd: The files do not load, so the last version of them that was valid is backed up instead\. The configuration has 1 error:\nusers\.yaml:2:9/,
    );
    await berthd.run(['restore', archiveOf(berthd), '--yes']);
    expect(await usersOf(berthd)).toBe(before);
  });
});

describe('berthd restore', () => {
  test('shows what it replaces, asks, and tells how to undo it', async () => {
    const berthd = await berthdFolder();
    const before = await usersOf(berthd);
    await berthd.run(['backup', archiveOf(berthd)]);
    const renamed = await rename(berthd);
    const running = berthd.start(['restore', archiveOf(berthd)], { terminal: true });
    await running.printed(/Restore it\? \[y\/N\] /);
    expect(await usersOf(berthd)).toBe(renamed);
    running.child.stdin.write('y\n');
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^This replaces what is in .* \(2 templates, 1 user, revision [0-9a-f]{16}\) by the backup of .* UTC \(2 templates, 1 user, revision [0-9a-f]{16}\)\. Invites and enrolments that wait, in \/.*\/config\/state, become those of the backup\.\r?\n/,
    );
    expect(await usersOf(berthd)).toBe(before);
    expect((await berthd.run(['history'])).stdout).toMatch(
      /\n2 .* ada +restore the backup of .* users.yaml\n/,
    );
    const [, undo = ''] = /To undo this: berthd (.*?)\r?\n/.exec(stdout) ?? [];
    expect((await berthd.run([...undo.split(' '), '--yes'])).code).toBe(0);
    expect(await usersOf(berthd)).toBe(renamed);
  });

  test('without anybody to ask wants --yes, and changes nothing', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    const renamed = await rename(berthd);
    const { code, stdout, stderr } = await berthd.run(['restore', archiveOf(berthd)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/There is no terminal to ask on; to agree beforehand add --yes\.\n$/);
    expect(await usersOf(berthd)).toBe(renamed);
  });

  test('refuses while a server runs, and says how to stop it', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    const server = await berthd.serve();
    const renamed = await rename(berthd);
    const { code, stderr } = await berthd.run(['restore', archiveOf(berthd), '--yes']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `berthd: A server at ${server.url} runs on this configuration. Stop it first: systemctl stop berthd, or: kill ${server.child.pid}\n`,
    });
    expect(await usersOf(berthd)).toBe(renamed);
    server.child.kill('SIGTERM');
    await server.ended;
    expect((await berthd.run(['restore', archiveOf(berthd), '--yes'])).code).toBe(0);
    await berthd.serve();
  });

  test('makes a configuration that can be served on a new machine', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    await rm(berthd.directory, { recursive: true });
    const { code, stdout, stderr } = await berthd.run([
      'restore',
      archiveOf(berthd),
      '--yes',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      number: 1,
      before: null,
      rejected: [],
      state_directory: join(berthd.directory, 'state'),
    });
    const { url } = await berthd.serve();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('wants a file, or standard input that is no terminal', async () => {
    const berthd = await berthdFolder();
    const pipe = archiveOf(berthd);
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, berthd.directory, '/dev/zero']) {
      expect(await berthd.run(['restore', path, '--yes'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `berthd: ${path} is not a file. Name one that \`berthd backup\` has written, or give it through a pipe: berthd restore - --yes --config ${berthd.directory} < FILE\n`,
      });
    }
    const asked = await berthd.start(['restore', '-', '--yes'], { terminal: true }).ended;
    expect(asked).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('A terminal has no backup to give.'),
    });
  });

  test('says what is wrong with a file that is no backup, and leaves nothing behind', async () => {
    const berthd = await berthdFolder();
    const file = archiveOf(berthd);
    await mkdir(join(berthd.directory, 'state'));
    await writeFile(file, await honest({ 'config/../../x': 'hostile' }));
    const all = await tree(dirname(berthd.directory));
    expect(await berthd.run(['restore', file, '--yes'])).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'berthd: This is not a backup of Berth, or it is damaged: it names a file that no backup has: "config/../../x". Nothing was changed.\n',
    });
    const { 'config/state/.lock': _lock, ...rest } = await tree(dirname(berthd.directory));
    expect(rest).toEqual(all);
  });

  test('needs to write only to the folders of configuration and state', async () => {
    const berthd = await berthdFolder();
    const before = await usersOf(berthd);
    await berthd.run(['backup', archiveOf(berthd)]);
    await rename(berthd);
    const parent = dirname(berthd.directory);
    await chmod(parent, 0o555);
    const { code, stderr } = await berthd.run(['restore', archiveOf(berthd), '--yes'], {
      through: UNPRIVILEGED,
    });
    await chmod(parent, 0o755);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await usersOf(berthd)).toBe(before);
    expect((await readdir(berthd.directory)).filter((name) => name.startsWith('.'))).toEqual([
      '.lock',
    ]);
  });

  test('leaves the guide to the users’ files as the admin has made it', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    await rename(berthd);
    const guide = join(berthd.directory, 'users/README.md');
    await mkdir(dirname(guide), { recursive: true });
    await writeFile(guide, 'Ask Bob.\n');
    expect((await berthd.run(['restore', archiveOf(berthd), '--yes'])).code).toBe(0);
    expect(await readFile(guide, 'utf8')).toBe('Ask Bob.\n');
  });

  test('by root leaves nothing in the folder of a service that it cannot read', async () => {
    const berthd = await berthdFolder({ 'secrets.yaml': 'registry: hunter2\n' });
    await berthd.run(['backup', archiveOf(berthd)]);
    await rename(berthd);
    await rm(join(berthd.directory, 'secrets.yaml'));
    await give(berthd.directory, SERVICE);
    expect((await berthd.run(['restore', archiveOf(berthd), '--yes'])).code).toBe(0);
    const names = await readdir(berthd.directory, { recursive: true });
    expect(names).toContainEqual(expect.stringMatching(/^history\/before-restore-/));
    expect(names).toEqual(expect.arrayContaining(['schema/users.json', 'users/README.md']));
    for (const name of names) {
      const { uid, gid } = await stat(join(berthd.directory, name));
      expect({ name, uid, gid }).toEqual({ name, uid: SERVICE, gid: SERVICE });
    }
  });

  test('that was killed is ended by any command, also root’s in the folder of a service', async () => {
    const berthd = await berthdFolder();
    await berthd.run(['backup', archiveOf(berthd)]);
    const renamed = await rename(berthd);
    await give(berthd.directory, SERVICE);
    await dieRestoring(berthd.directory, archiveOf(berthd), 'ask', '');
    const hidden = async (): Promise<string[]> =>
      (await readdir(berthd.directory)).filter((name) => name.startsWith('.restore-'));
    expect(await hidden()).toHaveLength(1);
    expect((await berthd.run(['check'])).code).toBe(0);
    expect(await hidden()).toEqual([]);
    expect(await usersOf(berthd)).toBe(renamed);
  });
});
