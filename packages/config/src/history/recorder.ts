import type { Content } from '../store/content.ts';
import type { Changes, Contents } from '../store/state.ts';
import { deltaOf } from './delta.ts';
import type { History } from './history.ts';
import type { Author, FileChange, HistoryRecord } from './record.ts';

/**
 * Knows the newest recorded content of every file, and makes the next record. Every function runs
 * under the folder's lock.
 */
export interface Recorder {
  /**
   * Learns what others have recorded, and compares it with what stands on the disk. Returns the files
   * that somebody has changed without a record, that is by hand. The first time of all it records
   * everything as it is.
   *
   * @param revision names all of `live` together; undefined where the files are not valid
   */
  compare(live: Contents, revision: string | undefined): Promise<string[]>;
  /** The files that others have changed, with a record, since this was asked last. */
  news(): Promise<Set<string>>;
  /** The newest recorded content of a file; undefined where there was none, or it is lost. */
  recorded(file: string): Content | undefined;
  /** All files that are recorded, after `compare`; undefined for content that is lost. */
  all(): ReadonlyMap<string, Content | undefined>;
  /** The number of the newest record; 0 where there is none. */
  number(): number;
  /** The record that these changes to what is recorded are to get. */
  next(author: Author, changes: Changes, revision: string): HistoryRecord;
  /** Takes note of a record that has been written. */
  note(record: HistoryRecord, changes: Changes): void;
}

export function createRecorder(history: History, now: () => Date): Recorder {
  /** Of the newest record known; 0 before the first. */
  let known = 0;
  const contents = new Map<string, Content>();
  /** What is recorded of each file; null for one that is recorded as gone. */
  const digests = new Map<string, string | null>();

  const take = (file: string, content: Content | undefined): void => {
    digests.set(file, content?.digest ?? null);
    if (content === undefined) contents.delete(file);
    else contents.set(file, content);
  };

  const start = async (live: Contents, revision: string): Promise<void> => {
    const author = { by: 'berthd', what: 'start the history' };
    const origins = [...live].map(([file, content]) => originOf(file, content));
    const record = recordOf(1, author, revision, now(), origins);
    await history.writeCopies(live);
    for (const [file, content] of live) take(file, content);
    await history.add(record);
    known = 1;
  };

  /** Returns the files that there was something to learn of. */
  const learn = async (numbers: readonly number[]): Promise<Set<string>> => {
    const learnt = new Set<string>();
    for (const number of numbers.filter((one) => one > known)) {
      for (const { file, after } of (await history.read(number)).files) {
        digests.set(file, after);
        learnt.add(file);
      }
      known = number;
    }
    return learnt;
  };

  /** What is recorded of files that no record tells of: the oldest ones are removed. */
  const learnFromCopies = async (): Promise<void> => {
    for (const file of await history.copied()) {
      if (!digests.has(file)) digests.set(file, (await history.copy(file))?.digest ?? null);
    }
  };

  const recall = async (file: string, live: Content | undefined): Promise<void> => {
    const digest = digests.get(file) ?? null;
    if (digest === (contents.get(file)?.digest ?? null)) return;
    if (digest === live?.digest) contents.set(file, live);
    else contents.delete(file);
    if (digest === null || digest === live?.digest) return;
    const recovered = await history.recover(file, digest);
    if (recovered !== undefined) contents.set(file, recovered);
  };

  const next = (author: Author, changes: Changes, revision: string): HistoryRecord => {
    const files = [...changes].map(([file, after]) =>
      changeOf(file, digests.get(file) ?? null, contents.get(file), after),
    );
    return recordOf(known + 1, author, revision, now(), files);
  };

  return {
    compare: async (live, revision) => {
      const numbers = await history.numbers();
      const last = numbers.at(-1);
      if (last === undefined) {
        if (revision !== undefined) await start(live, revision);
        return [];
      }
      if (known === 0 && (await history.read(last)).revision === revision) {
        for (const [file, content] of live) take(file, content);
        known = last;
        return [];
      }
      const isFirst = known === 0;
      await learn(numbers);
      if (isFirst) await learnFromCopies();
      const changed: string[] = [];
      for (const file of new Set([...live.keys(), ...digests.keys()])) {
        const content = live.get(file);
        const isSame = (digests.get(file) ?? null) === (content?.digest ?? null);
        if (isSame && contents.get(file) === content) continue;
        await recall(file, content);
        if (!isSame) changed.push(file);
      }
      return changed;
    },
    news: async () => (known === 0 ? new Set() : learn(await history.numbers())),
    all: () => {
      const recorded = [...digests].filter(([, digest]) => digest !== null);
      return new Map(recorded.map(([file]) => [file, contents.get(file)]));
    },
    number: () => known,
    recorded: (file) => contents.get(file),
    next,
    note: ({ number }, changes) => {
      known = number;
      for (const [file, content] of changes) take(file, content);
    },
  };
}

function recordOf(
  number: number,
  { by, what }: Author,
  revision: string,
  time: Date,
  files: readonly FileChange[],
): HistoryRecord {
  return { number, time: time.toISOString(), by, what, revision, files };
}

/** Of a file that stands before there are records: there is nothing older that could be restored. */
const originOf = (file: string, content: Content): FileChange => ({
  file,
  before: null,
  after: content.digest,
  splices: null,
});

function changeOf(
  file: string,
  before: string | null,
  old: Content | undefined,
  fresh: Content | undefined,
): FileChange {
  const isLost = before !== null && old === undefined;
  const splices = isLost ? null : deltaOf(old, fresh);
  return { file, before, after: fresh?.digest ?? null, splices };
}
