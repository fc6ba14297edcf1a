import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { acquireLock, tryLock, tryLockFolder, withLock } from './lock.ts';

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-lock-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** A process of its own that counts up in a file under the lock. */
async function increments(directory: string, count: number): Promise<void> {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
    for (let i = 0; i < ${count}; i += 1) {
      await withLock(process.argv[1], async () => {
        const path = process.argv[1] + '/count';
        writeFileSync(path, String(Number(readFileSync(path, 'utf8')) + 1));
      });
    }`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, directory],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  expect(await once(child, 'exit')).toEqual([0, null]);
}

test('processes take turns: no update is lost', async () => {
  const directory = await folder();
  await writeFile(join(directory, 'count'), '0');
  await Promise.all([1, 2, 3, 4].map(() => increments(directory, 50)));
  expect(await readFile(join(directory, 'count'), 'utf8')).toBe('200');
});

test('who edits again and again does not overtake who waits', async () => {
  const directory = await folder();
  const held = await acquireLock(directory, 1000);
  const order: string[] = [];
  const take = async (who: string): Promise<void> => {
    const lock = await acquireLock(directory, 10_000);
    if (lock === 'held') throw new Error(`${who} got no lock`);
    order.push(who);
    await lock.release();
  };
  const waiting = take('who waits');
  const isWaiting = (): boolean =>
    spawnSync('flock', ['--nonblock', directory, 'true']).status === 1;
  await vi.waitUntil(isWaiting, { timeout: 10_000 });
  if (held !== 'held') await held.release();
  await Promise.all([take('who was there before'), waiting]);
  expect(order).toEqual(['who waits', 'who was there before']);
});

test('the kernel frees the lock of a process that was killed', async () => {
  const directory = await folder();
  const path = join(directory, '.lock');
  const child = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(await tryLock(path)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  // The shell inherited the lock from flock(1) and holds it until its input ends.
  child.stdin.destroy();
  await withLock(directory, async () => {});
});

test('says who to ask when the lock stays held', async () => {
  const directory = await folder();
  const lock = await tryLock(join(directory, '.lock'));
  await expect(withLock(directory, async () => {}, 5)).rejects.toThrow('Who: fuser');
  await lock?.release();
  await expect(withLock(directory, async () => 'done')).resolves.toBe('done');
});

test('a folder can be locked itself, for as long as it is there', async () => {
  const path = join(await folder(), 'inner');
  expect(await tryLockFolder(path)).toBeUndefined();
  await mkdir(path);
  const lock = await tryLockFolder(path);
  expect(lock).toBeDefined();
  expect(await tryLockFolder(path)).toBeUndefined();
  await lock?.release();
  await (await tryLockFolder(path))?.release();
  expect(await readdir(path)).toEqual([]);
});

test('a folder that is removed while it is being locked is not', async () => {
  const path = join(await folder(), 'inner');
  await mkdir(path);
  // The one thread for files does in turn what was begun in turn: to open it, to remove it, to look.
  const script = `
    import { rmdir } from 'node:fs/promises';
    const { tryLockFolder } = await import(process.argv[1]);
    const locking = tryLockFolder(process.argv[2]);
    await rmdir(process.argv[2]);
    console.log(await locking);`;
  const args = [new URL('lock.ts', import.meta.url).href, path];
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  expect(stdout).toBe('undefined\n');
});

test('a lock that a file system cannot give is not taken for one that somebody holds', async () => {
  const directory = await folder();
  const script = `
    await import(process.argv[2]);
    const { withLock } = await import(process.argv[1]);
    await withLock(process.argv[3], () => {}, 5).catch(({ code, message }) => {
      console.log(code, message);
    });`;
  const modules = ['lock.ts', 'testing/without-locks.ts'].map(
    (name) => new URL(name, import.meta.url).href,
  );
  const { stdout } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, ...modules, directory],
    { encoding: 'utf8' },
  );
  expect(stdout).toBe(
    `disk_failed No file in ${directory} can be locked (flock), as every change needs it. If it is on a network file system, mount that with locks, or move the folder to a local disk.\n`,
  );
  expect(await readdir(directory)).toEqual([]);
});

test('a lock file that cannot be given to its folder’s owner is not kept open', async () => {
  const directory = await folder();
  await chown(directory, 12_345, 12_345);
  const script = `
    import { readdirSync } from 'node:fs';
    const { tryLock } = await import(process.argv[1]);
    const attempt = () => tryLock(process.argv[2]).catch(({ code }) => code);
    const open = () => readdirSync('/proc/self/fd').length;
    const code = await attempt();
    const before = open();
    for (let count = 0; count < 10; count += 1) await attempt();
    console.log(code, open() - before);`;
  const { stdout } = spawnSync(
    'setpriv',
    ['--bounding-set', '-chown', process.execPath, '--input-type=module', '-e', script].concat([
      new URL('lock.ts', import.meta.url).href,
      join(directory, '.lock'),
    ]),
    { encoding: 'utf8' },
  );
  expect(stdout).toBe('EPERM 0\n');
});
