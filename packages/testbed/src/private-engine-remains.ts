import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { glob, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CGROUPS = '/sys/fs/cgroup';

/** The cgroup below which the engine of this directory keeps its containers. */
export function cgroupOf(directory: string): string {
  return `/berth-test-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
}

/**
 * Removes what an engine has on the machine. It asks nothing of the engine, which may be frozen, dead
 * or out of disk: its daemons are the processes of its network namespace, and its containers’
 * processes are those of its cgroup.
 */
export async function removeRemains(directory: string): Promise<void> {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const pids = [...(await inNamespace(join(directory, 'netns'))), ...(await inCgroup(directory))];
    if (pids.length === 0) break;
    deadline.throwIfAborted();
    for (const pid of pids) kill(pid);
    await setTimeout(20);
  }
  await removeShimSockets(directory);
  for (const mount of await mountsBelow(directory)) await run('umount', [mount]);
  for (const cgroup of await cgroups(directory)) await rmdir(cgroup);
  await rm(directory, { recursive: true, force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function inNamespace(file: string): Promise<number[]> {
  const namespace = await unlessGone(stat(file));
  if (namespace === undefined) return [];
  const members: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    if (await isMember(Number(entry), namespace)) members.push(Number(entry));
  }
  return members;
}

async function isMember(pid: number, namespace: Stats): Promise<boolean> {
  try {
    const own = await stat(`/proc/${pid}/ns/net`);
    return own.ino === namespace.ino && own.dev === namespace.dev;
  } catch (error) {
    // One that has ended but is not yet reaped has no namespace any more. One that hides it even from
    // root, as a virtual machine’s first process may, is none that we started.
    if (isGone(error) || codeOf(error) === 'EACCES') return false;
    throw error;
  }
}

async function inCgroup(directory: string): Promise<number[]> {
  const members = new Set<number>();
  for (const cgroup of await cgroups(directory)) {
    const pids = (await unlessGone(readFile(join(cgroup, 'cgroup.procs'), 'utf8'))) ?? '';
    for (const pid of pids.split('\n')) if (pid !== '') members.add(Number(pid));
  }
  return [...members];
}

/** Folders of the engine’s cgroup, deepest first: one tree in version 2, one a controller in 1. */
async function cgroups(directory: string): Promise<string[]> {
  const name = cgroupOf(directory).slice(1);
  const found: string[] = [];
  for (const top of [CGROUPS, ...(await foldersOf(CGROUPS))]) {
    const root = join(top, name);
    if ((await unlessGone(stat(root))) !== undefined) found.push(...(await tree(root)));
  }
  return found;
}

async function tree(folder: string): Promise<string[]> {
  const below: string[] = [];
  for (const child of await foldersOf(folder)) below.push(...(await tree(child)));
  return [...below, folder];
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
}

/** A shim’s socket lies in a folder that all of the machine’s engines share. */
async function removeShimSockets(directory: string): Promise<void> {
  for await (const file of glob(
    `${directory}/containerd/io.containerd.runtime.v2.task/*/*/address`,
  )) {
    const address = await readFile(file, 'utf8');
    await rm(address.replace(/^unix:\/\//, ''), { force: true });
  }
}

/** Mount points in the directory, the last mounted first. */
async function mountsBelow(directory: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  return table
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, unescapeOctal))
    .filter((mount) => mount.startsWith(`${directory}/`))
    .toReversed();
}

function unescapeOctal(_: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}

/** Undefined where the file, or the process that it tells of, is gone. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'ENODEV'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
