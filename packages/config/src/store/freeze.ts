import { Problem } from '@berth/contract';
import { createDisk } from '../disk/exchange.ts';
import { withLock } from '../disk/lock.ts';
import { contentsAt } from '../history/contents-at.ts';
import type { Config } from './config.ts';
import type { Content } from './content.ts';
import { configOf } from './load.ts';
import { openFolder, type OpenFolder } from './open-folder.ts';

/** A configuration that loads, at a moment at which nobody changes it. */
export interface Frozen {
  readonly files: ReadonlyMap<string, Content>;
  readonly config: Config;
  /** What is wrong with the files on the disk: these are the last ones that were valid. */
  readonly problem: Problem | undefined;
}

/**
 * Does work while nobody changes the configuration, with its files, or with the last ones that were
 * valid. Throws `config_invalid` where there are neither.
 */
export async function withFrozenConfig<T>(
  options: {
    readonly directory: string;
    /** What a killed process left of a person's text was kept at `path`. */
    readonly onRejected: (file: string, path: string) => void;
  },
  work: (frozen: Frozen) => Promise<T>,
): Promise<T> {
  const { directory, onRejected } = options;
  const now = (): Date => new Date();
  const open = openFolder({ directory, disk: createDisk(), now, onRejected });
  return withLock(directory, async () => {
    await open.folder.recover();
    return work(await lastValid(directory, open));
  });
}

async function lastValid(
  directory: string,
  { folder, history, recorder }: OpenFolder,
): Promise<Frozen> {
  const live = await folder.look('all');
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
