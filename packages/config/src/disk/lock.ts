import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dlopen } from 'node:ffi';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '@berth/contract';
import { unlessMissing } from './code.ts';
import { giveToOwnerOf } from './owner.ts';
import { newTemporary } from './temporary.ts';

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Node has no flock of its own; libc is already in the process. */
const { functions: libc } = dlopen(null, {
  flock: { arguments: ['i32', 'i32'], return: 'i32' },
});

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes flock(2) on a file made for nothing else, so that an admin can hold it too
 * (`flock .lock vi users.yaml`). The file is never unlinked: a second holder could then lock a new
 * one. The kernel frees the lock when the process ends, however it ends.
 *
 * Returns undefined when another holds it.
 */
export async function tryLock(path: string): Promise<Lock | undefined> {
  const file = await open(path, 'a', 0o600);
  try {
    if ((await file.stat()).uid === 0) {
      await giveToOwnerOf(dirname(path), (uid, gid) => file.chown(uid, gid));
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  return lockOpen(file);
}

/**
 * The same on a folder itself, of which nothing is to be left when its work is done. Returns undefined
 * also where it is gone.
 */
export async function tryLockFolder(path: string): Promise<Lock | undefined> {
  const folder = await unlessMissing(open(path, 'r'));
  const lock = folder && (await lockOpen(folder));
  if (lock === undefined) return undefined;
  let isThere = false;
  try {
    // Who held it before may have removed it since it was opened.
    isThere = (await unlessMissing(stat(path))) !== undefined;
  } finally {
    if (!isThere) await lock.release();
  }
  return isThere ? lock : undefined;
}

/** Whether somebody holds such a lock. Needs no leave to write; throws where there is no such file. */
export async function isLocked(path: string): Promise<boolean> {
  const lock = await lockOpen(await open(path, 'r'), LOCK_SH);
  await lock?.release();
  return lock === undefined;
}

async function lockOpen(file: FileHandle, kind = LOCK_EX): Promise<Lock | undefined> {
  // Non-blocking: a blocking flock would hold one of libuv's four threads.
  if (libc.flock(file.fd, kind | LOCK_NB) === 0) return { release: () => file.close() };
  await file.close();
  return undefined;
}

const MOST_PAUSE_MS = 5;

/**
 * Takes the configuration folder's lock; waits for its turn at most `waitMs` and then says `held`.
 *
 * Who is to have it next holds the folder itself locked meanwhile. Without that, a process with many
 * edits, which frees the lock only for a moment between them, would keep others out for long.
 */
export async function acquireLock(directory: string, waitMs: number): Promise<Lock | 'held'> {
  const deadline = performance.now() + waitMs;
  const turn = await untilLocked(async () => lockOpen(await open(directory, 'r')), deadline);
  if (turn === 'held') return 'held';
  try {
    return await untilLocked(() => tryLock(pathOf(directory)), deadline);
  } finally {
    await turn.release();
  }
}

async function untilLocked(
  attempt: () => Promise<Lock | undefined>,
  deadline: number,
): Promise<Lock | 'held'> {
  for (let pause = 1; ; pause = Math.min(pause * 2, MOST_PAUSE_MS)) {
    const lock = await attempt();
    if (lock !== undefined) return lock;
    if (performance.now() > deadline) return 'held';
    await delay(pause);
  }
}

/** The same, and throws `conflict` where somebody holds it all the time. */
export async function expectLock(directory: string, waitMs = 10_000): Promise<Lock> {
  const lock = await acquireLock(directory, waitMs);
  if (lock !== 'held') return lock;
  await refuseWithoutLocks(directory);
  const path = pathOf(directory);
  throw new Problem(
    'conflict',
    `Somebody has held the lock ${path} for ${waitMs / 1000} s. Who: fuser ${path}`,
  );
}

/**
 * For who has not got the lock of a folder. Throws `disk_failed` where that is nobody's doing: why flock
 * fails cannot be had through node:ffi, but a new file nobody else can hold.
 */
export async function refuseWithoutLocks(directory: string): Promise<void> {
  const path = newTemporary(pathOf(directory));
  // Where none can be made, as on a full disk, somebody may hold the lock all the same.
  const file = await open(path, 'wx', 0o600).catch(() => undefined);
  if (file === undefined) return;
  const lock = await lockOpen(file);
  await lock?.release();
  await rm(path, { force: true });
  if (lock !== undefined) return;
  throw new Problem(
    'disk_failed',
    `No file in ${directory} can be locked (flock), as every change needs it. If it is on a network file system, mount that with locks, or move the folder to a local disk.`,
  );
}

/** Runs `work` while holding the configuration folder's lock. */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  waitMs?: number,
): Promise<T> {
  const lock = await expectLock(directory, waitMs);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

const pathOf = (directory: string): string => join(directory, '.lock');
