import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  type Config,
  configOf,
  type Content,
  type Disk,
  findDirectory,
  type HistoryRecord,
  listHistory,
  loadConfig,
  publishSchemas,
  readContents,
  replaceConfig,
  supplyUsersReadme,
  timeOf,
  unchanged,
  unlessMissing,
} from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { Problem } from '@berth/contract';
import { backUpBefore, forgetOlder, type BeforeRestore } from './before-restore.ts';
import { refuseForeignState } from './foreign-state.ts';
import { createHolds, type Holds } from './holds.ts';
import type { Manifest } from './manifest.ts';
import { settle } from './journal.ts';
import { makeStateReady } from './make-state-ready.ts';
import { readArchive } from './read-archive.ts';
import { createStage, type Stage } from './stage.ts';

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
  /** What everything is made ready and saved with. */
  readonly disk?: Disk;
}

export interface RestoredBackup {
  readonly manifest: Manifest;
  readonly config: Config;
  /** Undefined where the configuration was like that already. */
  readonly record: HistoryRecord | undefined;
  /** Undefined where there was nothing. */
  readonly before: BeforeRestore | undefined;
  /** What was left undone, for a person: everything is restored all the same. */
  readonly warnings: readonly string[];
}

/**
 * Puts configuration, secrets and state back to what a backup holds. The backup is unpacked inside the
 * configuration folder and checked before anything is changed, and what is there is backed up first.
 * Throws `conflict` while a server runs on the configuration, or where its state would replace what is
 * not of this configuration, `bad_request` for what is not a good backup; then, as on any failure, nothing has changed. What a killed process leaves is ended by
 * `endRestores`.
 */
export async function restoreBackup(options: RestoreBackupOptions): Promise<RestoredBackup> {
  const { directory, onRejected, disk = createDisk() } = options;
  const holds = createHolds(disk);
  const existing = await nearestFolder(directory);
  const stage = await unchanged(() => createStage(disk, directory), directory);
  try {
    const unpacked = await unchanged(() => unpack(options, stage, holds), directory);
    const { manifest, config, files, stateNow } = unpacked;
    const { settings, revision } = config;
    const { stateDirectory } = settings;
    const before = await unchanged(
      () => backUpBefore(directory, stateNow ?? stateDirectory, onRejected, disk),
      directory,
    );
    const makeReady = async (): Promise<void> => {
      const number = (await listHistory(directory, 1)).records[0]?.number ?? 0;
      await makeStateReady(disk, stage.path, directory, { stateDirectory, revision, number });
    };
    const { record, fault } = await unchanged(makeReady, directory)
      .then(() =>
        replaceConfig({
          ...options,
          author: { by: options.by, what: `restore the backup of ${timeOf(manifest)}` },
          target: () => Promise.resolve(files),
        }),
      )
      .catch(async (error: unknown) => {
        // Where some of its files stand, the others follow.
        const isRestored = await settle(disk, stage.path, onRejected).catch(() => true);
        if (!isRestored) await before?.forget();
        throw error;
      });
    await settle(disk, stage.path, onRejected).catch((error: unknown) => {
      throw halfDone(error);
    });
    const warnings = [
      ...(fault === undefined ? [] : [UNRECORDED]),
      ...(await warningOf(
        'The schemas for editors could not be written',
        publishSchemas(directory),
      )),
      ...(await warningOf('users/README.md could not be written', supplyUsersReadme(directory))),
      ...(await warningOf('Older backups could not be removed', forgetOlder(directory))),
    ];
    return { manifest, config, record, before, warnings };
  } catch (error) {
    // Where this fails too, the next command does it.
    await settle(disk, stage.path, onRejected).catch(() => undefined);
    throw error;
  } finally {
    await stage.leave();
    await holds.release();
    await removeEmpty(disk, directory, existing);
  }
}

interface Unpacked {
  readonly manifest: Manifest;
  readonly config: Config;
  readonly files: ReadonlyMap<string, Content>;
  /** Where the state is that will be replaced; undefined where nothing tells. */
  readonly stateNow: string | undefined;
}

/** Unpacks the backup, checks it, and asks; no server runs on the configuration from then on. */
async function unpack(
  { directory, archive, agree }: RestoreBackupOptions,
  stage: Stage,
  holds: Holds,
): Promise<Unpacked> {
  const stateNow = await findDirectory(directory, 'state');
  if (stateNow !== undefined && (await isThere(stateNow))) await holds.take(stateNow);
  const manifest = await readArchive(archive, stage.path);
  const files = await readContents(join(stage.path, 'config'));
  const config = loadable(directory, files);
  const { stateDirectory } = config.settings;
  const replacing = { stage: stage.path, directory, stateDirectory, stateNow };
  await refuseForeignState(replacing);
  const present = (): Promise<Config | undefined> =>
    loadConfig(directory).catch(undefinedIfInvalid);
  if (!(await agree({ manifest, config, present }))) {
    throw new Problem('cancelled', 'Nothing was changed.');
  }
  // The question may have stood for long.
  await refuseForeignState(replacing);
  await holds.take(stateDirectory);
  return { manifest, config, files, stateNow };
}

const UNRECORDED = 'The history could not be written to its end. The next command tries again.';

/** Nothing that is done once all is restored makes it fail. */
async function warningOf(what: string, work: Promise<void>): Promise<string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function halfDone(error: unknown): Problem {
  const why = error instanceof Error ? error.message : String(error);
  return new Problem(
    'disk_failed',
    `The configuration is restored, but secrets and state are not yet: the next berthd command does that. ${why}`,
    { cause: error },
  );
}

const isThere = async (path: string): Promise<boolean> =>
  (await unlessMissing(stat(path))) !== undefined;

const nearestFolder = async (path: string): Promise<string> =>
  (await isThere(path)) ? path : nearestFolder(dirname(path));

/** Folders that were made for a backup that was not restored. */
async function removeEmpty(disk: Disk, folder: string, end: string): Promise<void> {
  for (let path = folder; path !== end; path = dirname(path)) {
    if (!(await disk.removeFolder(path))) return;
  }
}

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
