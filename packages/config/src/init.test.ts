import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { Problem } from '@berth/contract';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Disk } from './disk/disk.ts';
import { createDisk } from './disk/exchange.ts';
import { listHistory } from './history/browse.ts';
import { initConfig, type InitOptions } from './init.ts';
import { loadConfig } from './store/load.ts';
import { interceptDisk } from './store/testing/intercepted-disk.ts';
import { isHashOf } from './testing/passwords.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

const STARTER = { engineHost: 'unix:///tmp/engine.sock', prefix: 'lab-1', port: 9000 };

/** Of a folder that is not there yet. */
async function newDirectory(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-init-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  return join(parent, 'with space', 'berth');
}

async function initialised(): Promise<{ directory: string; adminPassword: string }> {
  const directory = await newDirectory();
  return { directory, ...(await initConfig({ ...STARTER, directory })) };
}

test('writes a configuration that loads, with nobody in it', async () => {
  const { directory, adminPassword } = await initialised();
  const config = await loadConfig(directory);
  expect(config.settings).toMatchObject({
    port: 9000,
    engine: { host: 'unix:///tmp/engine.sock', prefix: 'lab-1' },
  });
  expect(config.accounts.size).toBe(0);
  expect([...config.templates.keys()]).toEqual(['shell']);
  expect(isHashOf(config.settings.admin.password_hash, adminPassword)).toBe(true);
  expect(config.settings.admin.change_password).toBe(true);
});

test('keeps what it writes to its owner, and the password to itself', async () => {
  const { directory, adminPassword } = await initialised();
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  for (const file of ['main.yaml', 'users.yaml', 'containers.yaml']) {
    expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(directory, file), 'utf8')).not.toContain(adminPassword);
  }
  expect((await stat(join(directory, 'users'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, '.lock'))).mode & 0o777).toBe(0o600);
});

test('says in each file which schema it has, where there is one', async () => {
  const { directory } = await initialised();
  for (const file of ['main.yaml', 'users.yaml', 'containers.yaml', 'users/README.md']) {
    const text = await readFile(join(directory, file), 'utf8');
    const schema =
      /^(?:.*```yaml\n)?# yaml-language-server: \$schema=(\S+)\n/s.exec(text)?.[1] ?? '';
    const described = await readFile(join(directory, dirname(file), schema), 'utf8');
    expect(JSON.parse(described)).toMatchObject({ type: 'object' });
  }
});

/** Lines that begin with a # and are no comment: its examples, one for each block of lines. */
function examplesIn(text: string): string[] {
  return text.match(/(?:^#(?:[^ \n]|  ).*\n)+/gm) ?? [];
}

const uncommented = (example: string): string => example.replaceAll(/^#/gm, '');

test('every example loads when its # are deleted, by itself and with all others', async () => {
  const { directory } = await initialised();
  const tried: string[] = [];
  const whole = new Map<string, string>();
  for (const file of ['main.yaml', 'containers.yaml', 'users.yaml']) {
    const path = join(directory, file);
    const written = await readFile(path, 'utf8');
    // As the comment above the example says: the first user takes the place of the {}.
    const text = written.replace('users: {}', 'users:');
    for (const example of examplesIn(text)) {
      await writeFile(path, text.replace(example, uncommented(example)));
      await expect(loadConfig(directory), example).resolves.toBeDefined();
      tried.push(`${file}: ${/[\w-]+/.exec(example)?.[0]}`);
    }
    await writeFile(path, written);
    whole.set(
      path,
      examplesIn(text).reduce((done, each) => done.replace(each, uncommented(each)), text),
    );
  }
  expect(tried).toEqual([
    'main.yaml: ports',
    'main.yaml: networks',
    'main.yaml: state',
    'main.yaml: logins',
    'main.yaml: logging',
    'containers.yaml: lab',
    'containers.yaml: offline',
    `users.yaml: ${ALICE}`,
  ]);

  const readme = await readFile(join(directory, 'users/README.md'), 'utf8');
  whole.set(join(directory, `users/${ALICE}.yaml`), /```yaml\n(.*?)```/s.exec(readme)?.[1] ?? '');
  for (const [path, text] of whole) await writeFile(path, text);
  const config = await loadConfig(directory);
  expect([...config.templates.keys()]).toEqual(['shell', 'lab', 'offline']);
  expect(config.accounts.get(ALICE)).toMatchObject({
    username: 'alice',
    templates: new Set(['shell']),
    limits: { containers: 5, cpus: 8 },
    overrides: { shell: { persist: true } },
  });
});

test('leaves a configuration that is there as it is', async () => {
  const { directory } = await initialised();
  const before = await readFile(join(directory, 'main.yaml'), 'utf8');
  await expect(
    initConfig({ directory, engineHost: 'unix:///x', prefix: 'x', port: 1 }),
  ).rejects.toThrow(
    `already has a configuration (main.yaml); it was left as it is. For a new password of its admin: berthd admin password --config '${directory}'`,
  );
  expect(await readFile(join(directory, 'main.yaml'), 'utf8')).toBe(before);
});

const CERTIFICATE = { cert: '-----BEGIN CERTIFICATE-----', key: '-----BEGIN PRIVATE KEY-----' };

test('puts a certificate and its key into the folder, and serves with them', async () => {
  const directory = await newDirectory();
  await initConfig({ ...STARTER, directory, certificate: CERTIFICATE });
  const { settings } = await loadConfig(directory);
  expect(settings).toMatchObject({
    host: '0.0.0.0',
    tls: { certFile: join(directory, 'tls/cert.pem'), keyFile: join(directory, 'tls/key.pem') },
  });
  expect(await readFile(join(directory, 'tls/cert.pem'), 'utf8')).toBe(CERTIFICATE.cert);
  expect(await readFile(join(directory, 'tls/key.pem'), 'utf8')).toBe(CERTIFICATE.key);
  expect((await stat(join(directory, 'tls/key.pem'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(directory, 'tls'))).mode & 0o777).toBe(0o700);
});

test('leaves a certificate that is there as it is', async () => {
  const directory = await newDirectory();
  await mkdir(join(directory, 'tls'), { recursive: true });
  await writeFile(join(directory, 'tls/key.pem'), 'mine');
  const attempt = initConfig({ ...STARTER, directory, certificate: CERTIFICATE });
  await expect(attempt).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('without main.yaml: tls/key.pem.') as string,
  });
  expect(await readFile(join(directory, 'tls/key.pem'), 'utf8')).toBe('mine');
  await initConfig({ ...STARTER, directory });
  expect(await readFile(join(directory, 'tls/key.pem'), 'utf8')).toBe('mine');
});

test('begins a history, so that there is a way back from the first edit', async () => {
  const { directory } = await initialised();
  const { records } = await listHistory(directory, 10);
  expect(records).toMatchObject([{ number: 1, by: 'berthd', what: 'start the history' }]);
  expect(records[0]?.files.map(({ file }) => file)).toEqual([
    'main.yaml',
    'containers.yaml',
    'users.yaml',
  ]);
});

test('two at once make one configuration, and one of them is told so', async () => {
  const directory = await newDirectory();
  const both = await Promise.allSettled([
    initConfig({ ...STARTER, directory }),
    initConfig({ ...STARTER, directory }),
  ]);
  const { settings } = await loadConfig(directory);
  const made = both.filter(({ status }) => status === 'fulfilled');
  expect(made).toHaveLength(1);
  const [{ value }] = made as [PromiseFulfilledResult<{ adminPassword: string }>];
  expect(isHashOf(settings.admin.password_hash, value.adminPassword)).toBe(true);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'conflict', message: expect.stringContaining('already has a configuration') },
  });
});

describe('where there is a part of a configuration', () => {
  test.each(['users.yaml', 'containers.yaml', 'users/README.md'])(
    '%s, as init itself writes it, is of one that was killed',
    async (file) => {
      const { directory: other } = await initialised();
      const directory = await newDirectory();
      await mkdir(join(directory, dirname(file)), { recursive: true });
      await copyFile(join(other, file), join(directory, file));
      await initConfig({ ...STARTER, directory });
      expect((await loadConfig(directory)).settings.port).toBe(9000);
    },
  );

  test.each([
    'users.yaml',
    'containers.yaml',
    'compose.yaml',
    `users/${ALICE}.yaml`,
    'users/README.md',
    'history/rejected-2026-11-23T10-00-00-users.yaml',
  ])('%s, as somebody wrote it, stays, and nothing is written', async (file) => {
    const directory = await newDirectory();
    await mkdir(join(directory, dirname(file)), { recursive: true });
    await writeFile(join(directory, file), '# mine\n');
    const before = await readdir(directory, { recursive: true });
    await expect(initConfig({ ...STARTER, directory })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`without main.yaml: ${file}. It was left as it is.`),
    });
    expect(await readFile(join(directory, file), 'utf8')).toBe('# mine\n');
    expect(await readdir(directory, { recursive: true })).toEqual(before);
  });

  test('a link to where there is nothing stays too', async () => {
    const directory = await newDirectory();
    await mkdir(directory, { recursive: true });
    await symlink('/nonexistent/users.yaml', join(directory, 'users.yaml'));
    await expect(initConfig({ ...STARTER, directory })).rejects.toThrow('users.yaml. It was left');
    expect(await readdir(directory)).toEqual(['users.yaml']);
  });
});

const passwords = { hash: () => Promise.resolve(`$2b$10$${'a'.repeat(53)}`) };

/**
 * Lets the n-th operation of the disk fail, and all that follow it where that lasts. Schemas, which are
 * four times the same, do not count.
 */
function failingDisk(number: number, isLasting: boolean): { disk: Disk; hasFailed(): boolean } {
  let count = 0;
  let hasFailed = false;
  const disk = interceptDisk(createDisk(), async ({ name, path }) => {
    if (!path.includes('/schema')) count += 1;
    if (hasFailed ? !isLasting : count !== number) return;
    hasFailed = true;
    throw Object.assign(new Error(`${name} ${path}`), { code: 'ENOSPC', syscall: name, path });
  });
  return { disk, hasFailed: () => hasFailed };
}

/** What it says; `made` where it succeeds. */
const outcomeOf = (options: InitOptions): Promise<string> =>
  initConfig(options).then(
    () => 'made',
    (error: unknown) => (error instanceof Problem ? error.message : `unclear: ${String(error)}`),
  );

test('a disk that fails at any operation is told of, and leaves nothing', async () => {
  for (let number = 1; ; number += 1) {
    const directory = await newDirectory();
    const { disk, hasFailed } = failingDisk(number, false);
    const outcome = await outcomeOf({ ...STARTER, directory, disk, passwords });
    if (!hasFailed()) break;
    const names = await readdir(directory, { recursive: true }).catch(() => []);
    const left = names.filter((name) => name !== '.lock');
    const told = outcome.replace(/^The disk is full: .* Nothing was changed\.$/, 'nothing');
    const made = ['main.yaml', 'history/00000001.json'].every((name) => left.includes(name));
    expect(told, left.join()).toBe(made ? 'made' : left.length === 0 ? 'nothing' : 'a part');
  }
});

test('the folder, each file and the history are on the disk when it is done', async () => {
  const directory = await newDirectory();
  const steps: string[] = [];
  const disk = interceptDisk(createDisk(), async ({ name, path }) => {
    const step = `${name} ${relative(dirname(directory), path).replace(/[\da-f]{12}\.berth-tmp$/, 'NEW')}`;
    if (/^(?:sync|syncFolder|makeFolder|rename) /.test(step)) steps.push(step);
  });
  await initConfig({ ...STARTER, directory, disk, passwords });
  const ofFile = (file: string): string[] => {
    const folder = join('berth', dirname(file));
    const path = join(folder, `.${basename(file)}.NEW`);
    return [`sync ${path}`, `rename ${path}`, `syncFolder ${folder}`];
  };
  expect(steps.filter((step) => !/schema|history/.test(step))).toEqual([
    'makeFolder ',
    'syncFolder ..',
    'makeFolder berth',
    'syncFolder ',
    'makeFolder berth/users',
    ...['users/README.md', 'users.yaml', 'containers.yaml', 'main.yaml'].flatMap(ofFile),
    // For the history.
    'syncFolder berth',
  ]);
  expect(steps.slice(-3)).toEqual([
    'sync berth/history/.00000001.json.new',
    'rename berth/history/.00000001.json.new',
    'syncFolder berth/history',
  ]);
});

test('one that was killed at any operation is begun again, or told what there is to do', async () => {
  const outcomes = new Set<string>();
  for (let number = 1; ; number += 1) {
    const directory = await newDirectory();
    const { disk, hasFailed } = failingDisk(number, true);
    await outcomeOf({ ...STARTER, directory, disk, passwords });
    if (!hasFailed()) break;
    const outcome = await outcomeOf({ ...STARTER, directory, passwords });
    await loadConfig(directory);
    outcomes.add(outcome.replaceAll(directory, 'DIR'));
  }
  expect([...outcomes]).toEqual([
    'made',
    "DIR already has a configuration (main.yaml); it was left as it is. For a new password of its admin: berthd admin password --config 'DIR'",
  ]);
});
