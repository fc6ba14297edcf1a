import { join } from 'node:path';
import type { Disk } from '../disk/disk.ts';
import { asideOf } from '../disk/exchange.ts';
import { contentOf, type Content } from '../store/content.ts';
import { fileOfTemporary, installFiles, temporaryOf } from '../store/install-files.ts';
import { MAIN_FILES, type FileReader, type Seen } from '../store/read-files.ts';
import { applyDelta } from './delta.ts';
import type { History } from './history.ts';
import type { FileChange, HistoryRecord } from './record.ts';

export interface RecoveryOptions {
  readonly directory: string;
  readonly disk: Disk;
  readonly reader: FileReader;
  readonly history: History;
  readonly now: () => Date;
  /** A text that nobody's save explains was kept at `path`. */
  readonly onRejected: (file: string, path: string) => void;
}

/**
 * Brings to an end what a process left half-done that was killed in the middle of a save, or whose disk
 * failed it: a change of which one file stands is finished, one of which none does is forgotten. Runs
 * under the folder's lock. Returns whether a save was pending.
 *
 * @param isThorough looks for left-over files even where no save was pending
 */
export async function recover(options: RecoveryOptions, isThorough: boolean): Promise<boolean> {
  const { history } = options;
  const pending = await history.pending();
  if (isThorough) await history.sweep();
  if (pending !== undefined || isThorough) {
    const announced = pending?.files.map(({ file }) => file) ?? [];
    await sweep(options, new Set([...(await suspects(options)), ...announced]), pending);
  }
  if (pending === undefined) return false;
  const standing = await Promise.all(pending.files.map((change) => standingOf(options, change)));
  if (standing.includes('after')) {
    for (const [index, change] of pending.files.entries()) {
      if (standing[index] === 'before') await finish(options, change);
      await keepCopy(options, change);
    }
    await history.settle(pending);
  } else await history.drop(pending);
  return true;
}

/** `other`: somebody has changed the file since. */
async function standingOf(
  { reader }: RecoveryOptions,
  { file, before, after }: FileChange,
): Promise<'before' | 'after' | 'other'> {
  const digest = (await reader.read(file, undefined))?.content.digest ?? null;
  if (digest === after) return 'after';
  return digest === before ? 'before' : 'other';
}

async function finish(
  options: RecoveryOptions,
  { file, after, splices }: FileChange,
): Promise<void> {
  const { directory, disk, reader } = options;
  const before = await reader.read(file, undefined);
  const bytes = Buffer.concat(before?.content.pieces() ?? []);
  const content = after === null ? undefined : contentOf(file, applyDelta(bytes, splices ?? []));
  const outcome = await installFiles(disk, directory, [{ file, before, after: content }]);
  const replaced = outcome.installed?.[0]?.replaced;
  if (replaced === undefined || before === undefined) return;
  await keepAsCopy(options, file, replaced, before);
}

/** The version that was replaced becomes the kept copy, but not in the place of what somebody wrote to that. */
export async function keepAsCopy(
  options: Rescue,
  file: string,
  path: string,
  { stamp, content }: Pick<Seen, 'stamp'> & Partial<Pick<Seen, 'content'>>,
): Promise<void> {
  await rescueCopy(options, file, content);
  await options.history.keepCopy(file, path, stamp);
}

export async function writeAsCopy(options: Rescue, file: string, content: Content): Promise<void> {
  await rescueCopy(options, file, content);
  await options.history.writeCopy(file, content);
}

type Rescue = Pick<RecoveryOptions, 'history' | 'now' | 'onRejected'>;

async function rescueCopy(
  { history, now, onRejected }: Rescue,
  file: string,
  like: Content | undefined,
): Promise<void> {
  const rescued = await history.rescueCopy(file, now(), like);
  if (rescued !== undefined) onRejected(file, rescued);
}

/** The save was to leave a copy from which the records lead on. */
async function keepCopy(
  options: RecoveryOptions,
  { file, before, after }: FileChange,
): Promise<void> {
  const { reader, history } = options;
  const copy = (await history.copy(file))?.digest;
  if (copy !== undefined && (copy === before || copy === after)) return;
  const live = (await reader.read(file, undefined))?.content;
  if (live !== undefined && live.digest === after) await writeAsCopy(options, file, live);
}

/** Files that a save may have left something behind for: any main file, and what `users/` shows. */
async function suspects({ directory, disk }: RecoveryOptions): Promise<string[]> {
  const names = await disk.list(join(directory, 'users'));
  const perUser = names.map(fileOfTemporary).filter((name) => name !== undefined);
  return [...MAIN_FILES, ...new Set(perUser.map((name) => `users/${name}`))];
}

/**
 * Looks into every file that a save has left behind under its temporary name. What is ours goes, the
 * version that was replaced becomes the kept copy, and anything else may be a person's only copy of
 * what they wrote: it is kept.
 */
export async function sweep(
  options: RecoveryOptions,
  files: Iterable<string>,
  pending: HistoryRecord | undefined,
): Promise<void> {
  const { directory, disk, history, now, onRejected } = options;
  for (const file of files) {
    const temporary = await temporaryOf(disk, directory, file);
    for (const path of [temporary, asideOf(temporary)]) {
      const stamp = await disk.stat(path);
      if (stamp === undefined) continue;
      const fate = await fateOf(options, file, path, pending);
      if (fate === 'remove') await disk.remove(path);
      if (fate === 'copy') await keepAsCopy(options, file, path, { stamp });
      if (fate === 'reject') onRejected(file, await history.reject(file, path, now()));
    }
  }
}

async function fateOf(
  { disk, reader, history }: RecoveryOptions,
  file: string,
  path: string,
  pending: HistoryRecord | undefined,
): Promise<'remove' | 'copy' | 'reject'> {
  const bytes = await disk.read(path);
  const { digest } = contentOf(file, bytes);
  const live = await reader.read(file, undefined);
  if (live?.content.digest === digest) return 'remove';
  const last = (await history.numbers()).at(-1);
  const records = [pending, last === undefined ? undefined : await history.read(last)];
  const changes = records.flatMap((record) => record?.files ?? []);
  for (const change of changes.filter((one) => one.file === file)) {
    if (change.after === digest) return 'remove';
    if (change.before === digest) return 'copy';
    if (isTorn(bytes, live?.content, change)) return 'remove';
  }
  return 'reject';
}

/** Whether these are the first bytes of what was going to replace the file. */
function isTorn(bytes: Buffer, live: Content | undefined, change: FileChange): boolean {
  if ((live?.digest ?? null) !== change.before || change.splices === null) return false;
  const intended = applyDelta(Buffer.concat(live?.pieces() ?? []), change.splices);
  return intended.subarray(0, bytes.length).equals(bytes);
}
