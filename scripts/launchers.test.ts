import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const execute = promisify(execFile);

/** Says what it was started with. */
const PROGRAM = `
  const { argv, execArgv, env } = process;
  const file: string = import.meta.filename;
  console.log(JSON.stringify({ file, args: argv.slice(2), execArgv, cache: env.NODE_COMPILE_CACHE, config: env.BERTH_CONFIG }));
`;

let folder: string;
let checkout: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-launchers-')));
  checkout = join(folder, 'a checkout $HOME');
  await cp(join(dirname(import.meta.dirname), 'bin'), join(checkout, 'bin'), { recursive: true });
  await mkdir(join(checkout, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(checkout, 'node_modules/.bin/node'));
  await writeFile(join(checkout, 'package.json'), '{ "type": "module" }');
  for (const name of ['cli', 'server']) {
    await mkdir(join(checkout, 'packages', name, 'src'), { recursive: true });
    await writeFile(join(checkout, 'packages', name, 'src/main.ts'), PROGRAM);
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe.for([
  ['berth', 'cli'],
  ['berthd', 'server'],
] as const)('bin/%s', ([name, home]) => {
  const start = async (file: string, env: Record<string, string> = {}) => {
    const args = ['start', 'a b', '', '--yes'];
    const { stdout } = await execute(file, args, {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', ...env },
    });
    return JSON.parse(stdout) as unknown;
  };

  test('runs the program of its checkout with the arguments as they are', async () => {
    expect(await start(join(checkout, 'bin', name))).toEqual({
      file: join(checkout, 'packages', home, 'src/main.ts'),
      args: ['start', 'a b', '', '--yes'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
      cache: join(checkout, '.cache/compile'),
    });
  });

  test('finds its checkout through symbolic links', async () => {
    await symlink(join(checkout, 'bin', name), join(folder, 'first link'));
    await symlink('first link', join(folder, 'second'));
    expect(await start('./second')).toMatchObject({
      file: join(checkout, 'packages', home, 'src/main.ts'),
    });
  });

  test('leaves a compile cache that was chosen', async () => {
    const NODE_COMPILE_CACHE = join(folder, 'mine');
    expect(await start(join(checkout, 'bin', name), { NODE_COMPILE_CACHE })).toMatchObject({
      cache: NODE_COMPILE_CACHE,
    });
  });

  test('says what to do where the dependencies are not installed', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    await expect(start(join(checkout, 'bin', name))).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `${name}: the dependencies are not installed.\nRun ${checkout}/scripts/start first.\n`,
    });
  });
});

test('bin/berthd means the configuration that ./scripts/start made, unless another is named', async () => {
  const configOf = async (env: Record<string, string> = {}): Promise<unknown> => {
    const options = { env: { PATH: '/usr/bin:/bin', ...env } };
    const { stdout } = await execute(join(checkout, 'bin/berthd'), [], options);
    return (JSON.parse(stdout) as { config?: string }).config;
  };
  expect(await configOf()).toBeUndefined();
  await mkdir(join(checkout, '.berth'));
  await writeFile(join(checkout, '.berth/main.yaml'), '');
  expect(await configOf()).toBe(join(checkout, '.berth'));
  expect(await configOf({ BERTH_CONFIG: '/etc/other' })).toBe('/etc/other');
});
