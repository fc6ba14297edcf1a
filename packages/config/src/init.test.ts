import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { initConfig } from './init.ts';
import { createConfigLoader } from './load.ts';
import { isHashOf } from './testing/passwords.ts';

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
  const config = await createConfigLoader().load(directory);
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
});

test('leaves a configuration that is there as it is', async () => {
  const { directory } = await initialised();
  const before = await readFile(join(directory, 'main.yaml'), 'utf8');
  await expect(
    initConfig({ directory, engineHost: 'unix:///x', prefix: 'x', port: 1 }),
  ).rejects.toThrow('already has a configuration');
  expect(await readFile(join(directory, 'main.yaml'), 'utf8')).toBe(before);
});
