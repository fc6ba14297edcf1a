import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  configOf,
  findStateDirectory,
  loadConfig,
  readContents,
  replaceConfig,
  timeOf,
  type Config,
  type Content,
  type Disk,
  type HistoryRecord,
} from '@berth/config';
import { Problem } from '@berth/contract';
import { unlessMissing } from '../missing.ts';
import { backUpBefore, forgetOlder, type BeforeRestore } from './before-restore.ts';
import { createHolds } from './holds.ts';
import type { Manifest } from './manifest.ts';
import { putState } from './put-state.ts';
import { readArchive } from './read-archive.ts';

/** What restoring is going to do. */
export interface Plan {
  readonly manifest: Manifest;
  readonly config: Config;
  /** What stands there now; undefined where nothing does that loads. */
  present(): Promise<Config | undefined>;
}

export interface RestoreBackupOptions {
  /** Where the configuration is to be; it may not be there yet. */
  readonly directory: string;
  readonly archive: Readable;
  readonly by: string;
  /** Asked when the backup is known to be good, and before anything is changed. */
  readonly agree: (plan: Plan) => Promise<boolean>;
  /** A text that was neither valid nor recorded had to give way, and was kept at `path`. */
  readonly onRejected: (file: string, path: string) => void;
  /** What the configuration is saved with. */
  readonly disk?: Disk;
}

export interface RestoredBackup {
  readonly manifest: Manifest;
  readonly config: Config;
  /** Undefined where the configuration was like that already. */
  readonly record: HistoryRecord | undefined;
  /** Undefined where there was nothing. */
  readonly before: BeforeRestore | undefined;
}

/**
 * Puts configuration, secrets and state back to what a backup holds. The backup is unpacked beside the
 * configuration and checked before anything is changed, and what is there is backed up first. Throws
 * `conflict` while a server runs on the configuration, `bad_request` for what is not a good backup;
 * then, as on any failure, nothing has changed.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const { directory, archive, agree, onRejected } = options;
  const holds = createHolds();
  const stage = await mkdtemp(join(await nearestFolder(dirname(directory)), '.berth-restore-'));
  try {
    const stateNow = await findStateDirectory(directory);
    if (stateNow !== undefined && (await isThere(stateNow))) await holds.take(stateNow);
    const manifest = await readArchive(archive, stage);
    const files = await readContents(join(stage, 'config'));
    const config = loadable(directory, files);
    const present = (): Promise<Config | undefined> =>
      loadConfig(directory).catch(undefinedIfInvalid);
    if (!(await agree({ manifest, config, present }))) {
      throw new Problem('cancelled', 'Nothing was changed.');
    }
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const { stateDirectory } = config.settings;
    await holds.take(stateDirectory);
    const before = await backUpBefore(directory, stateNow ?? stateDirectory, onRejected);
    const state = await putState(stage, directory, stateDirectory);
    const { record } = await replaceConfig({
      ...options,
      author: { by: options.by, what: `restore the backup of ${timeOf(manifest)}` },
      target: () => Promise.resolve(files),
    }).catch(async (error: unknown) => {
      await state.undo();
      throw error;
    });
    await state.finish();
    await forgetOlder(directory);
    return { manifest, config, record, before };
  } finally {
    await holds.release();
    await rm(stage, { recursive: true, force: true });
  }
}

const isThere = async (path: string): Promise<boolean> =>
  (await unlessMissing(stat(path))) !== undefined;

const nearestFolder = async (path: string): Promise<string> =>
  (await isThere(path)) ? path : nearestFolder(dirname(path));

function loadable(directory: string, files: ReadonlyMap<string, Content>): Config {
  try {
    return configOf(directory, files);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const message = `The configuration in this backup does not load, so nothing was changed:\n${error.message}`;
    throw new Problem('bad_request', message, { details: error.details, cause: error });
  }
}

function undefinedIfInvalid(error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
}
