import { execFile } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const SCRIPTS = dirname(import.meta.dirname);

let folder: string;
let checkout: string;
/** All that can be run besides the shell’s own tools: node and npm, as far as a test provides them. */
let programs: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-dependencies-'));
  checkout = join(folder, 'a checkout');
  programs = join(folder, 'programs');
  await mkdir(join(checkout, 'scripts/setup'), { recursive: true });
  for (const name of ['start', 'stop', 'test', 'setup/dependencies.sh']) {
    await cp(join(SCRIPTS, name), join(checkout, 'scripts', name));
  }
  await writeFile(join(checkout, 'package-lock.json'), '{}');
  await mkdir(programs);
  for (const tool of ['bash', 'cat', 'chmod', 'dirname', 'mkdir', 'readlink', 'touch']) {
    await symlink(`/usr/bin/${tool}`, join(programs, tool));
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function provide(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/usr/bin/env bash\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

/** An npm that installs a Node which tells what it was started with. */
const installing = `
  echo "npm $*" >>"$LOG"
  mkdir -p node_modules/.bin
  printf '%s\\n' '#!/usr/bin/env bash' 'if [[ $1 == --version ]]; then echo v26.1.0; else echo "ran $*"; fi' >node_modules/.bin/node
  chmod +x node_modules/.bin/node
  touch node_modules/.package-lock.json`;

function run(script: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: programs, LOG: join(folder, 'log'), HOME: folder };
  return new Promise((resolve) => {
    execFile(
      join(checkout, 'scripts', script),
      ['--x'],
      { env, cwd: '/' },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const installations = async (): Promise<number> =>
  (await readFile(join(folder, 'log'), 'utf8')).match(/^npm ci /gm)?.length ?? 0;

describe('the dependencies', () => {
  test.each([
    ['no Node', undefined],
    ['an old Node', 'echo v18.20.4'],
  ])('need Node 20: %s is told what to install', async (_, node) => {
    if (node !== undefined) await provide('node', node);
    const { code, stderr } = await run('start');
    expect(code).toBe(1);
    expect(stderr).toContain('needs Node.js 20 or newer');
    expect(stderr).toContain('apt-get install nodejs npm');
  });

  test('are installed where they are missing or older than the lock file, else left', async () => {
    await provide('node', 'echo v20.1.0');
    await provide('npm', installing);
    const first = await run('start');
    expect(first.stdout).toContain('installing');
    expect(first.stdout).toMatch(/ran .*\/scripts\/setup\/start\.ts --x\n$/);
    const second = await run('start');
    expect(second.stdout).not.toContain('installing');
    expect(await installations()).toBe(1);
    const future = new Date(Date.now() + 60_000);
    await utimes(join(checkout, 'package-lock.json'), future, future);
    await run('start');
    expect(await installations()).toBe(2);
  });

  test('that cannot be installed end the script; ./scripts/test still ends with a count', async () => {
    await provide('node', 'echo v20.1.0');
    await provide('npm', 'echo "npm error: no network" >&2; exit 1');
    const start = await run('start');
    expect(start).toMatchObject({ code: 1 });
    expect(start.stderr).toMatch(/no network\n.*could not install/);
    const tested = await run('test');
    expect(tested.code).toBe(1);
    expect(tested.stdout.split('\n').slice(-2)).toEqual(['0 passed, 1 failed', '']);
  });

  test('without our own Node, as npm leaves them where scripts are off, are told of', async () => {
    await provide('node', 'echo v20.1.0');
    await provide('npm', 'mkdir -p node_modules; touch node_modules/.package-lock.json');
    const { code, stderr } = await run('start');
    expect(code).toBe(1);
    expect(stderr).toContain('npm ci --ignore-scripts=false');
  });
});

test('a checkout that was never started is not set up only to be stopped', async () => {
  expect(await run('stop')).toMatchObject({
    code: 0,
    stdout: 'Nothing was started from this checkout.\n',
  });
});
