import { watch } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { createSplitter, type LogEntry, type LogFilter } from './entries.ts';
import { currentFile, rotatedFiles } from './log-files.ts';
import { bytesOf, entriesOf, wanted } from './read-log.ts';

export interface FollowOptions {
  /** Is told of each piece that is no entry. */
  readonly onDamaged: () => void;
  /** Is told when all that was there has been given: what comes from then on is new. */
  readonly onCaughtUp: () => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * The entries of a log, oldest first, and then those that come. A file that is put aside meanwhile is read to
 * its end first, by way of its open handle: it may be renamed, compressed or removed. Where several were put
 * aside since the last look, those between are read too.
 */
export async function* followLog(
  directory: string,
  name: string,
  filter: LogFilter,
  { onDamaged, onCaughtUp, signal }: FollowOptions,
): AsyncGenerator<LogEntry> {
  const path = currentFile(directory, name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const bell = createBell();
  const watcher = watch(directory, bell.ring).on('error', bell.ring);
  signal.addEventListener('abort', bell.ring);
  let isCaughtUp = false;
  let tail: Tail | undefined;
  let seen = new Set<string>();
  try {
    while (!signal.aborted) {
      const rung = bell.next();
      const current = await openTail(path);
      if (current === undefined || current.inode !== tail?.inode) {
        // By what it begins with: by now it may have another name, and be compressed.
        const known = new Set([await tail?.beginning(), await current?.beginning()]);
        if (tail !== undefined) {
          yield* wanted([...(await tail.readOn()), ...tail.end()], filter, onDamaged);
          await tail.close();
        }
        tail = current;
        const rotated = await rotatedFiles(directory, name);
        for (const between of rotated.filter((one) => !seen.has(plain(one)))) {
          const file = join(directory, between);
          if (!known.has(await beginningOf(file))) yield* entriesOf(file, filter, onDamaged);
        }
        seen = new Set(rotated.map(plain));
      } else {
        await current.close();
      }
      if (tail !== undefined) yield* wanted(await tail.readOn(), filter, onDamaged);
      if (!isCaughtUp) onCaughtUp();
      isCaughtUp = true;
      await rung;
    }
  } finally {
    watcher.close();
    signal.removeEventListener('abort', bell.ring);
    await tail?.close();
  }
}

/** An open file that grows. */
interface Tail {
  readonly inode: bigint;
  /** The entries that have come since. */
  readOn(): Promise<string[]>;
  /** What is left of an entry that will not go on. */
  end(): string[];
  /** What the file begins with: times and ids, so that no two begin alike. */
  beginning(): Promise<string>;
  close(): Promise<void>;
}

const CHUNK = 64 * 1024;
const BEGINNING = 512;

/** The name that it had before it was compressed. */
const plain = (name: string): string => name.replace(/\.gz$/, '');

async function beginningOf(path: string): Promise<string> {
  for await (const chunk of bytesOf(path)) return chunk.toString('latin1', 0, BEGINNING);
  return '';
}

/** Undefined where there is none, for now. */
async function openTail(path: string): Promise<Tail | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { ino: inode } = await handle.stat({ bigint: true });
  const decoder = new StringDecoder('utf8');
  const splitter = createSplitter();
  const buffer = Buffer.alloc(CHUNK);
  let position = 0;
  return {
    inode,
    readOn: async () => {
      const texts: string[] = [];
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        texts.push(...splitter.push(decoder.write(buffer.subarray(0, bytesRead))));
      }
      return texts;
    },
    end: () => splitter.end(),
    beginning: async () => {
      const start = Buffer.alloc(BEGINNING);
      const { bytesRead } = await handle.read(start, 0, BEGINNING, 0);
      return start.toString('latin1', 0, bytesRead);
    },
    close: () => handle.close(),
  };
}

/** A bell that is not missed when it rings before somebody listens. */
function createBell() {
  let bell = Promise.withResolvers<void>();
  return {
    ring: () => {
      bell.resolve();
    },
    next: (): Promise<void> => {
      bell = Promise.withResolvers();
      return bell.promise;
    },
  };
}
