import { watch } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isLocked,
  type Later,
  later as realLater,
  replaceFile,
  unlessMissing,
} from '@berth/config';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';

/** What a running server tells the commands of itself, in `serving.json` of the state folder. */
export const Serving = Type.Object(
  {
    pid: Type.Integer(),
    url: Type.String(),
    /** `Config.revision` of what is in force. */
    revision: Type.String(),
    /** What is wrong with the files on the disk, of which it goes on with an older version. */
    rejected: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false },
);
export type Serving = Static<typeof Serving>;

const FILE = 'serving.json';

export interface ServingFile {
  write(serving: Serving): Promise<void>;
  remove(): Promise<void>;
}

const AGAIN_MS = 2000;

/**
 * The file, for who holds the state folder's lock. Calls are carried out one after another, and never
 * reject. What could not be written is tried again, and `onError` told of it once.
 */
export function createServingFile(
  stateDirectory: string,
  onError: (error: unknown) => void,
  later: Later = realLater,
): ServingFile {
  const path = join(stateDirectory, FILE);
  let last = Promise.resolve();
  let wanted: Serving | undefined;
  let stopWaiting: (() => void) | undefined;
  let isFaultTold = false;

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    last = last.then(work).catch(onError);
    return last;
  };

  const writeWanted = async (): Promise<void> => {
    stopWaiting?.();
    if (wanted === undefined) return;
    try {
      await replaceFile(path, `${JSON.stringify(wanted)}\n`);
      isFaultTold = false;
    } catch (error) {
      stopWaiting = later(() => void inTurn(writeWanted), AGAIN_MS);
      if (!isFaultTold) onError(error);
      isFaultTold = true;
    }
  };

  return {
    write: (serving) => {
      wanted = serving;
      return inTurn(writeWanted);
    },
    remove: () => {
      wanted = undefined;
      return inTurn(async () => {
        stopWaiting?.();
        await rm(path, { force: true });
      });
    },
  };
}

/** What the server tells that runs on this state folder; undefined where none runs, or not yet. */
export async function readServing(stateDirectory: string): Promise<Serving | undefined> {
  return (await isServed(stateDirectory)) ? read(stateDirectory) : undefined;
}

/**
 * Waits until the server that runs on this state folder has taken up what the files say, and refuses
 * nothing any more: it may go by this revision already because it has refused what stood there since.
 * Returns what it tells instead where that does not come, undefined where all is well or no server runs.
 *
 * @param isInForce whether the revision that the server names will do
 */
export async function untilServed(
  stateDirectory: string,
  isInForce: (revision: string) => Promise<boolean>,
  waitMs: number,
): Promise<Serving | 'silent' | undefined> {
  if (!(await isServed(stateDirectory))) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const look = async (): Promise<void> => {
    const serving = await read(stateDirectory);
    if (serving?.rejected === null && (await isInForce(serving.revision))) resolve(true);
  };
  const watcher = watch(stateDirectory, (_event, name) => {
    if (name === FILE) look().catch(reject);
  }).on('error', reject);
  const timer = setTimeout(() => {
    resolve(false);
  }, waitMs);
  try {
    look().catch(reject);
    if ((await promise) || !(await isServed(stateDirectory))) return undefined;
    const last = await read(stateDirectory);
    // What it refuses then came later.
    if (last !== undefined && (await isInForce(last.revision))) return undefined;
    return last ?? 'silent';
  } finally {
    clearTimeout(timer);
    watcher.close();
  }
}

/** A server holds the lock for as long as it runs, and the kernel frees it however it ends. */
async function isServed(stateDirectory: string): Promise<boolean> {
  return (await unlessMissing(isLocked(join(stateDirectory, '.lock')))) ?? false;
}

async function read(stateDirectory: string): Promise<Serving | undefined> {
  const text = await unlessMissing(readFile(join(stateDirectory, FILE), 'utf8'));
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return Check(Serving, value) ? value : undefined;
}
