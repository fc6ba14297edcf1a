import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
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

/** As a new user on a machine without Node has it: nothing of this checkout to lean on. */
const options = () => ({ cwd: folder, env: { PATH: '/usr/bin:/bin', HOME: folder } });

function run(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    execFile(file, args, options(), (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(new Error(`${file} did not run: ${stderr}`, { cause: error }));
    });
  });
}

type Command = readonly [file: string, ...args: string[]];

const executable = (name: string): Command => [join(folder, name)];
const module = (name: string): Command => [process.execPath, QUIET, join(folder, `${name}.mjs`)];

describe.for([
  ['executables', executable],
  ['modules', module],
] as const)('the bundled %s', ([, commandOf]) => {
  const start = (name: string, ...args: string[]): Promise<Ended> => {
    const [file, ...first] = commandOf(name);
    return run(file, [...first, ...args]);
  };

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

  test('have what the server shows in a browser', async () => {
    const config = await mkdtemp(join(folder, 'config-'));
    await start('berthd', 'init', '--config', config, '--port', '0');
    const [file, ...first] = commandOf('berthd');
    const server = spawn(file, [...first, 'serve', '--config', config], options());
    const ended = once(server, 'close');
    try {
      const [said] = (await once(server.stdout, 'data')) as [Buffer];
      const url = /serves (\S+)/.exec(said.toString())?.[1];
      const { info } = (await (await fetch(`${url}/openapi.json`)).json()) as { info: unknown };
      expect(info).toMatchObject({ title: 'Berth' });
      const style = await fetch(`${url}/docs/swagger-ui.css`);
      expect([style.status, (await style.text()).includes('.swagger-ui')]).toEqual([200, true]);
    } finally {
      server.kill();
      await ended;
    }
  });

  test('tell a user who is not logged in what to do', async () => {
    expect(await start('berth', 'list')).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('berth login URL'),
    });
  });
});
