import { basename, dirname, join } from 'node:path';
import { hasCode, type Disk, type Stamp } from '../disk/disk.ts';
import { writeNewFile } from '../disk/write-file.ts';
import type { Content } from './content.ts';
import { isSameVersion, type Seen } from './read-files.ts';

/** What is to become of one file. */
export interface Installation {
  readonly file: string;
  /** The file as it was read; undefined where there was none. */
  readonly before: Seen | undefined;
  /** Undefined for a file that is to go. */
  readonly after: Content | undefined;
}

export interface Installed {
  readonly file: string;
  /** Undefined for a file that went. */
  readonly seen: Seen | undefined;
  /** Where the file that was replaced is now. */
  readonly replaced: string | undefined;
}

/** Where the new file is written, and the old one stands after the exchange. */
export async function temporaryOf(disk: Disk, directory: string, file: string): Promise<string> {
  const target = await disk.resolve(join(directory, file));
  return join(dirname(target), `.${basename(target)}.berth-new`);
}

/** The file that a temporary file in the same folder belongs to; undefined for other files. */
export function fileOfTemporary(name: string): string | undefined {
  return /^\.(.+\.yaml)\.berth-new(\.aside)?$/.exec(name)?.[1];
}

/**
 * Puts new files in the place of old ones, each at one moment, and looks at what came out: a text that
 * somebody who holds no lock has saved since it was read is put back, and nothing is lost.
 *
 * Returns undefined, with all files as they were, where that happened. On an error they are as they
 * were too, unless the disk refuses that as well.
 */
export async function installFiles(
  disk: Disk,
  directory: string,
  installations: readonly Installation[],
): Promise<Installed[] | undefined> {
  const steps: Step[] = [];
  for (const installation of installations) {
    const target = await disk.resolve(join(directory, installation.file));
    const temporary = await temporaryOf(disk, directory, installation.file);
    steps.push({ ...installation, target, temporary });
  }
  const own = new Map<Step, Stamp | undefined>();
  const done: Step[] = [];
  const undo = async (): Promise<void> => {
    for (const step of done.toReversed()) await putBack(disk, step, own.get(step));
    for (const step of steps) await removeOwn(disk, step, own.get(step));
  };
  try {
    for (const step of steps) own.set(step, await prepare(disk, step));
    for (const step of steps) {
      const outcome = await put(disk, step);
      if (outcome !== 'busy') done.push(step);
      if (outcome !== 'done') {
        await undo();
        return undefined;
      }
    }
    for (const folder of new Set(steps.map(({ target }) => dirname(target)))) {
      await disk.syncFolder(folder);
    }
  } catch (error) {
    try {
      await undo();
    } catch (second) {
      throw new AggregateError([error, second], 'A save failed, and so did putting it back', {
        cause: error,
      });
    }
    throw error;
  }
  return steps.map((step) => ({
    file: step.file,
    seen: seenAs(step.after, own.get(step)),
    replaced: step.before === undefined ? undefined : step.temporary,
  }));
}

interface Step extends Installation {
  readonly target: string;
  readonly temporary: string;
}

/** Returns what tells our own file from one that somebody put in its place. */
async function prepare(
  disk: Disk,
  { target, temporary, before, after }: Step,
): Promise<Stamp | undefined> {
  if (after === undefined) return undefined;
  if (before === undefined) await disk.makeFolder(dirname(target));
  await writeNewFile(disk, temporary, after.pieces(), before?.stamp);
  return disk.stat(temporary);
}

/** `busy` has changed nothing; `disturbed` has, and has to be put back. */
async function put(disk: Disk, step: Step): Promise<'done' | 'disturbed' | 'busy'> {
  const { target, temporary, before, after } = step;
  try {
    if (before === undefined) await disk.renameNew(temporary, target);
    else if (after === undefined) await disk.rename(target, temporary);
    else await disk.exchange(temporary, target);
  } catch (error) {
    // Somebody made it, or took it away.
    if (hasCode(error, 'EEXIST') || hasCode(error, 'ENOENT')) return 'busy';
    throw error;
  }
  if (before === undefined) return 'done';
  return (await isStill(disk, temporary, before)) ? 'done' : 'disturbed';
}

async function isStill(
  disk: Disk,
  path: string,
  { stamp, isTelling, content }: Seen,
): Promise<boolean> {
  const now = await disk.stat(path);
  if (now === undefined || !isSameVersion(now, stamp)) return false;
  if (isTelling) return true;
  return (await disk.read(path)).equals(Buffer.concat(content.pieces()));
}

/** Whatever a person's text it comes upon stays: in place, or beside it for `sweep` to find. */
async function putBack(disk: Disk, step: Step, own: Stamp | undefined): Promise<void> {
  const { target, temporary, before, after } = step;
  if (after === undefined) {
    await disk.renameNew(temporary, target);
  } else if (before === undefined) {
    await disk.rename(target, temporary);
    if (!(await isOwn(disk, temporary, own))) await disk.renameNew(temporary, target);
  } else {
    await disk.exchange(temporary, target);
    // Somebody has saved over what was put there: theirs is the newest.
    if (!(await isOwn(disk, temporary, own))) await disk.exchange(temporary, target);
  }
}

async function removeOwn(disk: Disk, { temporary }: Step, own: Stamp | undefined): Promise<void> {
  if (await isOwn(disk, temporary, own)) await disk.remove(temporary);
}

async function isOwn(disk: Disk, path: string, own: Stamp | undefined): Promise<boolean> {
  if (own === undefined) return false;
  const stamp = await disk.stat(path);
  return stamp !== undefined && isSameVersion(stamp, own);
}

function seenAs(content: Content | undefined, stamp: Stamp | undefined): Seen | undefined {
  if (content === undefined || stamp === undefined) return undefined;
  return { content, stamp, isTelling: true };
}
