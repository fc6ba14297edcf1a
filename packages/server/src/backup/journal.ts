import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '@berth/contract';
import {
  type Disk,
  listHistory,
  unlessMissing,
  withFrozenConfig,
  writeNewFile,
} from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { carryOut, Move } from './moves.ts';
import { findStages } from './stage.ts';

/** What a process that restores a backup leaves in its stage for the one that has to end it. */
const Journal = Type.Object(
  {
    stateDirectory: Type.String(),
    /** Of the configuration that is restored. */
    revision: Type.String(),
    /** Of the newest change before it; 0 where there was none. */
    number: Type.Integer(),
    moves: Type.Array(Move),
  },
  { additionalProperties: false },
);
export type Journal = Static<typeof Journal>;

/**
 * How far it has come, told by the journal's name. `begun`: what is to come is being made ready.
 * `ready`: it comes, if the configuration does. `done`: only things to be thrown away are left.
 */
const PHASES = ['begun', 'ready', 'done'] as const;
type Phase = (typeof PHASES)[number];

const pathOf = (stage: string, phase: Phase): string => join(stage, `${phase}.json`);

export async function begin(disk: Disk, stage: string, journal: Journal): Promise<void> {
  await discard(journal);
  await writeNewFile(
    disk,
    pathOf(stage, 'begun'),
    [Buffer.from(JSON.stringify(journal))],
    undefined,
  );
  await disk.syncFolder(stage);
}

/** From here on it comes about if the configuration is saved, whatever becomes of this process. */
export async function declareReady(disk: Disk, stage: string, { moves }: Journal): Promise<void> {
  await syncFoldersOf(disk, moves);
  await disk.rename(pathOf(stage, 'begun'), pathOf(stage, 'ready'));
  await disk.syncFolder(stage);
  await disk.syncFolder(dirname(stage));
}

export interface Found {
  readonly phase: Phase;
  readonly journal: Journal;
}

/** Undefined where nothing but an archive was unpacked. */
export async function readJournal(disk: Disk, stage: string): Promise<Found | undefined> {
  for (const phase of PHASES) {
    const bytes = await unlessMissing(disk.read(pathOf(stage, phase)));
    const journal = bytes && parsed(bytes.toString());
    if (journal !== undefined) return { phase, journal };
  }
  return undefined;
}

/** Undefined for one that was never written to its end: then nothing was made ready either. */
function parsed(text: string): Journal | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Check(Journal, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Brings secrets and state to where the configuration is: to the restored ones where that stands, and
 * else to what they were. Nothing of the restoring is left then. Returns whether it found the restored one.
 */
export async function settle(
  disk: Disk,
  stage: string,
  onRejected: (file: string, path: string) => void,
): Promise<boolean> {
  const found = await readJournal(disk, stage);
  let isRestored = false;
  if (found?.phase === 'ready') {
    const { moves } = found.journal;
    isRestored = await isSaved(dirname(stage), found.journal, onRejected);
    if (isRestored) {
      await carryOut(disk, moves);
      await syncFoldersOf(disk, moves);
    }
    await disk.rename(pathOf(stage, 'ready'), pathOf(stage, 'done'));
    await disk.syncFolder(stage);
  }
  if (found !== undefined) await discard(found.journal);
  await rm(stage, { recursive: true, force: true });
  return isRestored;
}

/** Whether some of what is restored into a folder may stand already, and some not. */
export async function isRestoring(directory: string): Promise<boolean> {
  for (const stage of await findStages(directory)) {
    if ((await readJournal(createDisk(), stage))?.phase === 'ready') return true;
  }
  return false;
}

/** More changes than these nobody makes by hand between a kill and the next command. */
const MOST_NEWER = 100;

/** Whether the configuration that was to be restored stands, or has stood since. */
async function isSaved(
  directory: string,
  { revision, number }: Journal,
  onRejected: (file: string, path: string) => void,
): Promise<boolean> {
  const stands = await withFrozenConfig({ directory, onRejected }, ({ config, problem }) =>
    Promise.resolve(problem === undefined && config.revision === revision),
  ).catch(falseIfInvalid);
  if (stands) return true;
  const { records } = await listHistory(directory, MOST_NEWER);
  return records.some((record) => record.number > number && record.revision === revision);
}

async function discard({ moves }: Journal): Promise<void> {
  for (const { incoming, outgoing } of moves) {
    for (const path of [incoming, outgoing]) {
      if (path !== null) await rm(path, { recursive: true, force: true });
    }
  }
}

async function syncFoldersOf(disk: Disk, moves: readonly Move[]): Promise<void> {
  for (const folder of new Set(moves.map(({ target }) => dirname(target)))) {
    await disk.syncFolder(folder);
  }
}

function falseIfInvalid(error: unknown): false {
  if (error instanceof Problem && error.code === 'config_invalid') return false;
  throw error;
}
