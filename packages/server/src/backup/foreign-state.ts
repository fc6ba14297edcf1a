import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { Problem } from '@berth/contract';
import { unlessMissing } from '@berth/config';
import { STATE_FOLDERS, type StateFolder } from '../state-folders.ts';

export interface Replacing {
  /** Where the backup is unpacked. */
  readonly stage: string;
  /** Where it is restored into. */
  readonly directory: string;
  /** Where its configuration wants the state. */
  readonly stateDirectory: string;
  /** Where the configuration has it that stands there; undefined where none does. */
  readonly stateNow: string | undefined;
}

/**
 * Throws `conflict` where restoring would replace records that what stands there does not use: they are
 * not in the backup that is made before, and may be another installation's.
 */
export async function refuseForeignState(replacing: Replacing): Promise<void> {
  const { directory, stateDirectory, stateNow } = replacing;
  if (stateDirectory === stateNow) return;
  if (stateNow === undefined && isInside(directory, stateDirectory)) return;
  const foreign: string[] = [];
  for (const folder of STATE_FOLDERS) {
    if (await isForeign(folder, replacing)) foreign.push(join(stateDirectory, folder));
  }
  if (foreign.length > 0) throw foreignProblem(replacing, foreign);
}

/** Going back to a folder that was left as the backup has it replaces nothing: such is every undoing. */
async function isForeign(
  folder: StateFolder,
  { stage, stateDirectory, stateNow }: Replacing,
): Promise<boolean> {
  const path = join(stateDirectory, folder);
  const names = (await unlessMissing(readdir(path))) ?? [];
  if (names.length === 0) return false;
  if (stateNow === undefined) return true;
  const coming = join(stage, 'state', folder);
  const comingNames = (await unlessMissing(readdir(coming))) ?? [];
  if (comingNames.toSorted().join('\n') !== names.toSorted().join('\n')) return true;
  for (const name of names) {
    const [stands, comes] = [await readFile(join(path, name)), await readFile(join(coming, name))];
    if (!stands.equals(comes)) return true;
  }
  return false;
}

function isInside(directory: string, path: string): boolean {
  const below = relative(directory, path);
  return !isAbsolute(below) && below.split('/')[0] !== '..';
}

function foreignProblem(
  { directory, stateDirectory }: Replacing,
  foreign: readonly string[],
): Problem {
  return new Problem(
    'conflict',
    [
      `This backup has its state in ${stateDirectory}, which the configuration in ${directory} does not use now, and there is something there already: ${foreign.join(' and ')}. It may be another installation's, so nothing was changed.`,
      'Where nobody needs it, move it away, and restore again:',
      ...foreign.map((path) => `  mv ${path} ${path}.old`),
      'For a copy beside another installation unpack the backup instead, with `tar -xzf FILE` in a new folder: give config/main.yaml there another state.directory, and move the folder state to it.',
    ].join('\n'),
    { details: { state_directory: stateDirectory, folders: foreign } },
  );
}
