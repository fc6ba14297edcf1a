import { hasCode } from '../disk/code.ts';
import { createDisk } from '../disk/exchange.ts';
import type { Config } from '../store/config.ts';
import { contentOf, type Content } from '../store/content.ts';
import { configOf } from '../store/load.ts';
import { atOneMoment } from '../store/one-moment.ts';
import { createFileReader, type FileReader, type Seen } from '../store/read-files.ts';
import { NO_CONTENTS, type Contents } from '../store/state.ts';
import { contentsAt } from './contents-at.ts';
import { applyToPieces, inverse } from './delta.ts';
import { diffContents, type FileDiff } from './diff.ts';
import { createHistory, type History } from './history.ts';
import { createRecorder } from './recorder.ts';
import type { HistoryRecord } from './record.ts';
import type { RejectedText } from './rejected.ts';

export interface HistoryPage {
  /** Newest first. */
  readonly records: readonly HistoryRecord[];
  /** How many older ones there are. */
  readonly older: number;
  /** Oldest first. */
  readonly rejected: readonly RejectedText[];
}

/** More changes do not come while their list is made. */
const MOST_TRIES = 50;

/** The newest changes, and the texts that gave way. Needs no lock and changes nothing. */
export async function listHistory(
  directory: string,
  limit: number,
  disk = createDisk(),
): Promise<HistoryPage> {
  const history = createHistory(directory, disk);
  for (let tries = 1; ; tries += 1) {
    try {
      return await pageOf(history, limit);
    } catch (error) {
      // One that it was to tell of is just removed, as it is among the oldest.
      if (!hasCode(error, 'ENOENT') || tries === MOST_TRIES) throw error;
    }
  }
}

async function pageOf(history: History, limit: number): Promise<HistoryPage> {
  const numbers = await history.numbers();
  const newest = numbers.slice(-limit).toReversed();
  const records = await Promise.all(newest.map((number) => history.read(number)));
  const older = numbers.length - records.length;
  return { records, older, rejected: await history.rejected() };
}

export interface BrowseOptions {
  readonly directory: string;
  /** Shows hashes, tokens and all else that could be a secret. */
  readonly isRevealing: boolean;
}

export interface ShownChange {
  readonly record: HistoryRecord;
  readonly files: readonly FileDiff[];
  /** Files of which is not known how they were before. */
  readonly unknown: readonly string[];
}

/** What one change did. Throws `not_found` where the history does not have it any more. */
export function showChange(options: BrowseOptions, number: number): Promise<ShownChange> {
  return browsing(options, async ({ at, history }) => {
    const after = await at(number);
    const record = await history.read(number);
    const before = new Map(after);
    const unknown: string[] = [];
    for (const { file, before: digest, splices } of record.files) {
      const now = after.get(file);
      if (splices === null) unknown.push(file);
      else if (digest === null) before.delete(file);
      else {
        const bytes = Buffer.concat(applyToPieces(now?.pieces() ?? [], inverse(splices)));
        before.set(file, contentOf(file, bytes, now));
      }
    }
    return { record, files: diffContents(before, after, options.isRevealing), unknown };
  });
}

/** What is different between what two numbers left, or what stands on the disk now. */
export function diffVersions(
  options: BrowseOptions,
  from: number | 'now',
  to: number | 'now',
): Promise<FileDiff[]> {
  return browsing(options, async ({ at, live }) => {
    const version = (one: number | 'now'): Promise<ReadonlyMap<string, Content>> =>
      one === 'now' ? Promise.resolve(new Map(live)) : at(one);
    return diffContents(await version(from), await version(to), options.isRevealing);
  });
}

/** The configuration that a change left. Throws `config_invalid` where it would not load any more. */
export function configAt(directory: string, number: number): Promise<Config> {
  return browsing({ directory, isRevealing: false }, async ({ at }) =>
    configOf(directory, await at(number)),
  );
}

interface Browsing {
  readonly history: History;
  /** What stands on the disk, valid or not. */
  readonly live: Contents;
  at(number: number): Promise<Map<string, Content>>;
}

/** Runs `work` on the folder as it is at one moment. */
function browsing<T>(
  { directory }: BrowseOptions,
  work: (browsing: Browsing) => Promise<T>,
): Promise<T> {
  const disk = createDisk();
  const history = createHistory(directory, disk);
  const look = createLook(createFileReader(directory, disk));
  // What only a part of stands can be looked at too.
  const lookout = { history, look, halfDone: undefined };
  return atOneMoment(lookout, (live) => browse(history, live, work));
}

async function browse<T>(
  history: History,
  live: Contents,
  work: (browsing: Browsing) => Promise<T>,
): Promise<T> {
  const recorder = createRecorder(history, () => new Date());
  await recorder.compare(live, undefined);
  return work({ history, live, at: (number) => contentsAt(history, recorder.all(), number) });
}

/** Looks at all files; what has not changed since the last look is not read again. */
function createLook(reader: FileReader): () => Promise<Contents> {
  let seen = new Map<string, Seen>();
  return async () => {
    const found = new Map<string, Seen>();
    const contents = NO_CONTENTS.change();
    for (const file of await reader.list()) {
      const one = await reader.read(file, seen.get(file));
      if (one === undefined) continue;
      found.set(file, one);
      contents.set(file, one.content);
    }
    seen = found;
    return contents.done();
  };
}
