import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { removeUser } from '../changes/users.ts';
import { configFolder, VALID } from '../testing/folder.ts';
import { ALICE, teamFolder } from '../testing/team.ts';
import { loadConfig } from './load.ts';
import { findDirectory } from './find-directory.ts';

const mainWith = (stateDirectory: string): string =>
  `${VALID['main.yaml']?.replace('...\n', '')}state: {directory: ${stateDirectory}}\n...\n`;

const REFUSAL =
  'main.yaml:3:20: must be a folder for the state alone, such as state: not the configuration folder, nor history, users or schema in it';

test.each(['.', './', 'x/..', 'history', 'users/', 'schema', 'history/state', './users/x/y'])(
  'the state cannot be in %s',
  async (path) => {
    const directory = await configFolder({ 'main.yaml': mainWith(path) });
    await expect(loadConfig(directory)).rejects.toThrow(REFUSAL);
  },
);

test.each(['state', 'x/users', '..', '../history', '/srv/schema', 'historical', '..x'])(
  'the state can be in %s',
  async (path) => {
    const directory = await configFolder({ 'main.yaml': mainWith(path) });
    expect((await loadConfig(directory)).settings.stateDirectory).toBe(resolve(directory, path));
  },
);

test.each(['link', 'link/users/state'])('nor in %s, by a link', async (path) => {
  const directory = await configFolder({ 'main.yaml': mainWith(path) });
  await symlink(directory, join(directory, 'link'));
  await expect(loadConfig(directory)).rejects.toThrow(REFUSAL);
});

test('nor in what a folder of the configuration leads to', async () => {
  const directory = await configFolder({ 'main.yaml': mainWith('history/state') });
  await mkdir(join(directory, 'elsewhere'));
  await symlink('elsewhere', join(directory, 'history'));
  await expect(loadConfig(directory)).rejects.toThrow(REFUSAL);
});

test('nor there where the configuration folder itself is a link', async () => {
  const directory = await configFolder();
  const real = `${directory}/real`;
  await mkdir(real);
  for (const file of Object.keys(VALID)) await rename(join(directory, file), join(real, file));
  await writeFile(join(real, 'main.yaml'), mainWith(real));
  await symlink('real', join(directory, 'config'));
  await expect(loadConfig(join(directory, 'config'))).rejects.toThrow(REFUSAL);
});

test('where main.yaml says that now, the state is looked for where it was', async () => {
  const { directory, change, write } = await teamFolder();
  await change((edit) => {
    removeUser(edit, ALICE);
  });
  await write('main.yaml', mainWith('.'));
  expect(await findDirectory(directory, 'state')).toBe(join(directory, 'state'));
});

const withLog = (path: string): string =>
  `${VALID['main.yaml']?.replace('...\n', '')}logging: {directory: ${path}}\n...\n`;

test.each(['.', 'users', 'history/log', 'state', './state/'])(
  'the log cannot be in %s',
  async (path) => {
    const directory = await configFolder({ 'main.yaml': withLog(path) });
    await expect(loadConfig(directory)).rejects.toThrow(
      'main.yaml:3:22: must be a folder for the log alone',
    );
  },
);

test('the log can be anywhere else, and is found also while the files do not load', async () => {
  const files = { 'main.yaml': withLog('/var/log/berth'), 'users.yaml': 'broken' };
  const directory = await configFolder(files);
  expect(await findDirectory(directory, 'logging')).toBe('/var/log/berth');
});
