import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '@berth/config';
import { handClock } from '@berth/config/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createServingFile, readServing, untilServed, type Serving } from './serving.ts';

const OLD: Serving = { pid: 7, url: 'http://127.0.0.1:1', revision: 'old', rejected: null };
const NEW: Serving = { ...OLD, revision: 'new' };

async function stateFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-state-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

/** A state folder whose lock is held, as by a server. */
async function served(): Promise<string> {
  const directory = await stateFolder();
  const lock = await acquireLock(directory, 0);
  if (lock === 'held') throw new Error('Somebody holds it');
  onTestFinished(lock.release);
  return directory;
}

const fileIn = (directory: string): ReturnType<typeof createServingFile> =>
  createServingFile(directory, (error) => {
    throw error;
  });

const isNew = (revision: string): Promise<boolean> => Promise.resolve(revision === 'new');
const LONG_MS = 50_000;
const AGAIN_MS = 2000;

test('what a server tells is read while it runs, and forgotten when it is gone', async () => {
  const directory = await stateFolder();
  const lock = await acquireLock(directory, 0);
  if (lock === 'held') throw new Error('Somebody holds it');
  await fileIn(directory).write(OLD);
  expect(await readServing(directory)).toEqual(OLD);
  await lock.release();
  expect(await readServing(directory)).toBeUndefined();
});

test('of several tellings the last one stays', async () => {
  const directory = await served();
  const file = fileIn(directory);
  const told = Array.from({ length: 20 }, (_, index) => ({ ...OLD, revision: String(index) }));
  await Promise.all(told.map((serving) => file.write(serving)));
  expect(await readServing(directory)).toEqual(told.at(-1));
  await file.remove();
  expect(await readServing(directory)).toBeUndefined();
});

test('what could not be told is handed on, and does not keep later tellings back', async () => {
  const directory = await stateFolder();
  const errors: unknown[] = [];
  const file = createServingFile(join(directory, 'none'), (error) => errors.push(error));
  await file.write(OLD);
  await file.remove();
  expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT' })]);
});

test('what could not be told is told again until it is, and handed on once', async () => {
  const directory = join(await served(), 'late');
  const errors: unknown[] = [];
  const clock = handClock();
  const file = createServingFile(directory, (error) => errors.push(error), clock.later);
  await Promise.all([file.write(OLD), file.write(NEW)]);
  clock.pass(AGAIN_MS);
  await vi.waitUntil(() => clock.waiting() === 1, { timeout: 10_000 });
  expect(errors).toHaveLength(1);
  await mkdir(directory);
  const lock = await acquireLock(directory, 0);
  if (lock === 'held') throw new Error('Somebody holds it');
  onTestFinished(lock.release);
  clock.pass(AGAIN_MS);
  await vi.waitUntil(() => readServing(directory), { timeout: 10_000 });
  expect(await readServing(directory)).toEqual(NEW);
  expect(clock.waiting()).toBe(0);
});

test('what could not be told is not told any more once it is to be forgotten', async () => {
  const clock = handClock();
  const directory = join(await stateFolder(), 'none');
  const file = createServingFile(directory, () => {}, clock.later);
  await file.write(OLD);
  await file.remove();
  expect(clock.waiting()).toBe(0);
});

test('something else under that name is not taken for what a server tells', async () => {
  const directory = await served();
  await writeFile(join(directory, 'serving.json'), '{"pid": "7"}');
  expect(await readServing(directory)).toBeUndefined();
});

test('nobody is waited for where no server runs', async () => {
  const directory = await stateFolder();
  expect(await untilServed(join(directory, 'none'), isNew, LONG_MS)).toBeUndefined();
  expect(await untilServed(directory, isNew, LONG_MS)).toBeUndefined();
  expect(await readdir(directory)).toEqual([]);
  // As one leaves it that was killed.
  await writeFile(join(directory, '.lock'), '');
  await fileIn(directory).write(OLD);
  expect(await untilServed(directory, isNew, LONG_MS)).toBeUndefined();
});

test('a server that has it in force already is not waited for', async () => {
  const directory = await served();
  await fileIn(directory).write(NEW);
  expect(await untilServed(directory, isNew, LONG_MS)).toBeUndefined();
});

test('a server is waited for until it tells that it has it in force', async () => {
  const directory = await served();
  const file = fileIn(directory);
  await file.write(OLD);
  const seen: string[] = [];
  const looked = Promise.withResolvers<void>();
  const waiting = untilServed(
    directory,
    (revision) => {
      seen.push(revision);
      looked.resolve();
      return isNew(revision);
    },
    LONG_MS,
  );
  await looked.promise;
  await file.write({ ...OLD, rejected: 'wrong' });
  await file.write(NEW);
  expect(await waiting).toBeUndefined();
  expect(seen[0]).toBe('old');
});

test('a server that is starting is waited for until it tells anything', async () => {
  const directory = await served();
  const waiting = untilServed(directory, isNew, LONG_MS);
  await fileIn(directory).write(NEW);
  expect(await waiting).toBeUndefined();
});

test('a server that does not take it up is told of, with what it says', async () => {
  const directory = await served();
  expect(await untilServed(directory, isNew, 20)).toBe('silent');
  await fileIn(directory).write(OLD);
  expect(await untilServed(directory, isNew, 20)).toEqual(OLD);
});

test('a server that has it in force and refuses what came later is no trouble', async () => {
  const directory = await served();
  await fileIn(directory).write({ ...NEW, rejected: 'wrong' });
  expect(await untilServed(directory, isNew, 20)).toBeUndefined();
});

test('an error while waiting ends it', async () => {
  const directory = await served();
  await fileIn(directory).write(OLD);
  const failing = untilServed(directory, () => Promise.reject(new Error('No history')), LONG_MS);
  await expect(failing).rejects.toThrow('No history');
});
