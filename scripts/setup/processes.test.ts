import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { argvOf, end, processOf, until } from './processes.ts';

let folder: string;
let pidFile: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-processes-'));
  pidFile = join(folder, 'pid');
  child = spawn('sleep', ['1d'], { stdio: 'ignore' });
  await once(child, 'spawn');
  await writeFile(pidFile, `${child.pid}\n`);
});

afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const isSleep = ([command]: readonly string[]) => command === 'sleep';

test('a pid file names a process only while it is the one that was meant', async () => {
  expect(await processOf(pidFile, isSleep)).toBe(child.pid);
  expect(await processOf(pidFile, ([command]) => command === 'dockerd')).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await processOf(pidFile, isSleep)).toBeUndefined();
});

test.each(['', 'x', '0', '-1', '1.5'])('a pid file with %j names no process', async (text) => {
  await writeFile(pidFile, text);
  expect(await processOf(pidFile, () => true)).toBeUndefined();
});

test('a missing pid file names no process', async () => {
  expect(await processOf(join(folder, 'none'), () => true)).toBeUndefined();
});

test('ending a process waits until it is gone', async () => {
  const { pid = 0 } = child;
  expect(await end(pid, 10_000)).toBe(true);
  expect(await argvOf(pid)).toEqual([]);
});

test('a condition that does not come true is given up', async () => {
  expect(await until(async () => false, 0)).toBe(false);
});
