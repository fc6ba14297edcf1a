import { basename, dirname, join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import type { Content } from './content.ts';
import { createStep, type Installation, type Paths, type Step } from './install-step.ts';
import type { Seen } from './read-files.ts';

export interface Installed {
  readonly file: string;
  /** Undefined for a file that went. */
  readonly seen: Seen | undefined;
  /** Where the file that was replaced is now. */
  readonly replaced: string | undefined;
}

/** What came of it. */
export interface Outcome {
  /** Undefined where somebody disturbed it: then all files are as they were. */
  readonly installed?: readonly Installed[];
  /**
   * Files that stood there as new ones for a moment, in the place of what somebody had saved just then.
   * Who opened one of them in that moment and saves it takes that text back without having seen it.
   */
  readonly shown: readonly string[];
}

/** Where the new file is written, and the old one stands after the exchange. */
export async function temporaryOf(disk: Disk, directory: string, file: string): Promise<string> {
  return temporaryBeside(await disk.resolve(join(directory, file)));
}

const temporaryBeside = (target: string): string =>
  join(dirname(target), `.${basename(target)}.berth-new`);

/** The file that a temporary file in the same folder belongs to; undefined for other files. */
export function fileOfTemporary(name: string): string | undefined {
  return /^\.(.+\.yaml)\.berth-new(\.aside)?$/.exec(name)?.[1];
}

/**
 * Puts new files in the place of old ones, each at one moment, and looks at what came out: a text that
 * somebody who holds no lock has saved since it was read is put back, and nothing is lost.
 *
 * On an error all files are as they were; where the disk refuses that as well, it is an AggregateError.
 *
 * @param areOthersStill asked once they stand, whether all that they have to go with is as it was read
 */
export async function installFiles(
  disk: Disk,
  directory: string,
  installations: readonly Installation[],
  areOthersStill: () => Promise<boolean> = async () => true,
): Promise<Outcome> {
  const steps: (Step & Paths & { readonly installation: Installation })[] = [];
  for (const installation of installations) {
    const path = join(directory, installation.file);
    // Of a file that is to go, its link goes: what that leads to may serve others too.
    const target = installation.after === undefined ? path : await disk.resolve(path);
    const paths = { target, temporary: temporaryBeside(target) };
    steps.push({ ...paths, installation, ...createStep(disk, paths, installation) });
  }
  const undo = async (): Promise<void> => {
    for (const { putBack } of steps.toReversed()) await putBack();
    for (const { clean } of steps) await clean();
  };
  let isPut = true;
  try {
    for (const { prepare } of steps) await prepare();
    for (const { put } of steps) {
      isPut = await put();
      if (!isPut) break;
    }
    isPut &&= await areOthersStill();
    if (isPut) {
      const folders = new Set(steps.map(({ target }) => dirname(target)));
      for (const folder of folders) await disk.syncFolder(folder);
    }
  } catch (error) {
    try {
      await undo();
    } catch (second) {
      const causes = [error, second];
      throw new AggregateError(causes, 'A save failed, and so did undoing it', { cause: second });
    }
    throw error;
  }
  if (!isPut) {
    await undo();
    const shown = steps.filter(({ wasShown }) => wasShown());
    return { shown: shown.map(({ installation }) => installation.file) };
  }
  const installed = steps.map(({ installation: { file, before, after }, temporary, own }) => ({
    file,
    seen: seenAs(after, own()),
    replaced: before === undefined ? undefined : temporary,
  }));
  return { installed, shown: [] };
}

function seenAs(content: Content | undefined, stamp: Seen['stamp'] | undefined): Seen | undefined {
  if (content === undefined || stamp === undefined) return undefined;
  return { content, stamp, isTelling: true };
}
