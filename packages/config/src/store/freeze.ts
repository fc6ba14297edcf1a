import { Problem } from '@berth/contract';
import { createDisk } from '../disk/exchange.ts';
import { undefinedIfForbidden } from '../disk/forbidden.ts';
import { expectLock } from '../disk/lock.ts';
import { contentsAt } from '../history/contents-at.ts';
import type { Config } from './config.ts';
import type { Content } from './content.ts';
import { configOf } from './load.ts';
import { atOneMoment } from './one-moment.ts';
import { openFolder, type OpenFolder } from './open-folder.ts';
import type { Contents } from './state.ts';

/** A configuration that loads, at a moment at which nobody changes it. */
export interface Frozen {
  readonly files: ReadonlyMap<string, Content>;
  readonly config: Config;
  /** What is wrong with the files on the disk: these are the last ones that were valid. */
  readonly problem: Problem | undefined;
}

export interface FreezeOptions {
  readonly directory: string;
  /** What a killed process left of a person's text was kept at `path`. */
  readonly onRejected: (file: string, path: string) => void;
}

/**
 * Does work while nobody changes the configuration, with its files, or with the last ones that were
 * valid. Where this user may only read the folder, and so has no lock, the work is done again if
 * somebody has changed a file meanwhile. Throws `config_invalid` where nothing is valid.
 */
export async function withFrozenConfig<T>(
  options: FreezeOptions,
  work: (frozen: Frozen) => Promise<T>,
): Promise<T> {
  const { directory } = options;
  const lock = await expectLock(directory).catch(undefinedIfForbidden);
  if (lock === undefined) return undisturbed(options, work);
  try {
    const open = openReal(options);
    await open.folder.recover();
    return await work(await lastValid(directory, open, await open.folder.look('all')));
  } finally {
    await lock.release();
  }
}

function undisturbed<T>(options: FreezeOptions, work: (frozen: Frozen) => Promise<T>): Promise<T> {
  const { directory } = options;
  const open = openReal(options);
  const look = (): Promise<Contents> => open.folder.look('all');
  const lookout = { history: open.history, look, halfDone: halfDone(directory) };
  return atOneMoment(lookout, async (live) => work(await lastValid(directory, open, live)));
}

const halfDone = (directory: string): Problem =>
  new Problem(
    'conflict',
    `A change of the configuration was interrupted, and some of its files may be missing yet. Run this command as a user who may write to ${directory}: that brings the change to its end first.`,
  );

function openReal({ directory, onRejected }: FreezeOptions): OpenFolder {
  return openFolder({ directory, disk: createDisk(), now: () => new Date(), onRejected });
}

async function lastValid(
  directory: string,
  { history, recorder }: OpenFolder,
  live: Contents,
): Promise<Frozen> {
  const files = new Map(live);
  try {
    return { files, config: configOf(directory, files), problem: undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await recorder.compare(live, undefined);
    const newest = (await history.numbers()).at(-1);
    if (newest === undefined) throw error;
    const recorded = await contentsAt(history, recorder.all(), newest);
    return { files: recorded, config: configOf(directory, recorded), problem: error };
  }
}
