import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const QUIET = '--disable-warning=ExperimentalWarning';
const BUNDLE = join(import.meta.dirname, '../../scripts/bundle.ts');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-bundle-'));
  const { code, stderr } = await run(process.execPath, [BUNDLE, folder]);
  expect(code, stderr).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program as a new user on a machine without Node would: nothing of this checkout to lean on. */
function run(file: string, args: readonly string[]): Promise<Ended> {
  const env = { PATH: '/usr/bin:/bin', HOME: folder };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: folder, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`${file} did not run: ${stderr}`, { cause: error }));
    });
  });
}

const program = (name: string, ...args: string[]) => run(join(folder, name), args);
const module = (name: string, ...args: string[]) =>
  run(process.execPath, [QUIET, join(folder, `${name}.mjs`), ...args]);

describe.for([
  ['executables', program],
  ['modules', module],
] as const)('the bundled %s', ([, start]) => {
  test.for(['berth', 'berthd'])('know their version: %s', async (name) => {
    expect(await start(name, '--version')).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^(berth )?\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  test('make a server’s configuration that the server accepts', async () => {
    const config = await mkdtemp(join(folder, 'config-'));
    expect(await start('berthd', 'init', '--config', config)).toMatchObject({ code: 0 });
    expect(await readdir(config)).toEqual(expect.arrayContaining(['main.yaml', 'users.yaml']));
    expect(await start('berthd', 'check', '--config', config)).toMatchObject({ code: 0 });
  });

  test('tell a user who is not logged in what to do', async () => {
    expect(await start('berth', 'list')).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('berth login URL'),
    });
  });
});
