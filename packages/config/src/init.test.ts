import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listHistory } from './history/browse.ts';
import { initConfig } from './init.ts';
import { loadConfig } from './store/load.ts';
import { isHashOf } from './testing/passwords.ts';

const ALICE = '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162';

async function initialised(): Promise<{ directory: string; adminPassword: string }> {
  const parent = await mkdtemp(join(tmpdir(), 'berth-init-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'with space', 'berth');
  const options = {
    directory,
    engineHost: 'unix:///tmp/engine.sock',
    prefix: 'lab-1',
    port: 9000,
  };
  return { directory, ...(await initConfig(options)) };
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
  ).rejects.toThrow('already has a configuration');
  expect(await readFile(join(directory, 'main.yaml'), 'utf8')).toBe(before);
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
