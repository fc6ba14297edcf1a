import { fsyncSync, writeSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { currentFile, rotatedName } from './log-files.ts';
import { entryText } from './log.ts';
import { append, isStill, openFile, type OpenFile } from './open-file.ts';
import { compress, prune } from './put-aside.ts';

export interface Rotation {
  /** Bytes that a file has at most. */
  readonly maxBytes: number;
  /** Milliseconds after its first entry, when a file is put aside. */
  readonly maxAgeMs: number;
  /** How many that were put aside are kept. */
  readonly keep: number;
  readonly isCompressed: boolean;
}

/** A log on the disk, with the files that were put aside beside it. */
export interface LogFile {
  /** Takes an entry, and never throws: what is logged in one turn is written together. */
  write(entry: string): void;
  /** Resolves when all that was taken before is with the operating system, or cannot be for now. */
  flush(): Promise<void>;
  /** Writes what is left at once, for a program that is about to end badly. Never throws. */
  flushSync(): void;
  /** What keeps it from writing; undefined while all is well. */
  fault(): Error | undefined;
  /** How many entries were lost for it since the start. */
  lost(): number;
  close(): Promise<void>;
}

/** What waits for a disk that is full or slow. More is dropped, and counted. */
const MOST_WAITING = 4 * 1024 * 1024;
const AGAIN_MS = 1000;

/**
 * @param options.directory is made when needed, for its owner alone
 * @param options.name of the file, without `.yaml`
 * @param options.rotation is asked each time: a reload may change it
 * @param options.onFault is told once of each time that writing fails, and that it works again
 * @param options.later does work after a while; what it returns calls that off
 */
export function createLogFile(options: {
  readonly directory: string;
  readonly name: string;
  readonly rotation: () => Rotation;
  readonly now: () => Date;
  readonly later: (work: () => void, ms: number) => () => void;
  readonly onFault: (fault: Error | undefined) => void;
}): LogFile {
  const { directory, name, rotation, now, later, onFault } = options;
  const path = currentFile(directory, name);
  let waiting: string[] = [];
  let inFlight: readonly string[] = [];
  let waitingBytes = 0;
  let lost = 0;
  let untoldLost = 0;
  let fault: Error | undefined;
  let file: OpenFile | undefined;
  let writing: Promise<void> | undefined;
  let stopWaiting: (() => void) | undefined;
  let rotations = 0;
  let housekeeping = Promise.resolve();

  const opened = async (): Promise<OpenFile> => {
    if (file !== undefined && (await isStill(path, file))) return file;
    await file?.handle.close();
    file = undefined;
    file = await openFile(directory, path, now().getTime());
    return file;
  };

  const rotate = async (one: OpenFile): Promise<OpenFile> => {
    await one.handle.close();
    file = undefined;
    rotations += 1;
    const aside = join(directory, rotatedName(name, now(), rotations % 1000));
    await rename(path, aside);
    const { keep, isCompressed } = rotation();
    // Beside the writing: a large file takes seconds to compress.
    housekeeping = housekeeping
      .then(() => (isCompressed ? compress(aside) : undefined))
      .then(() => prune(directory, name, keep))
      .catch(fail);
    return opened();
  };

  const fail = (error: unknown): void => {
    const isNew = fault === undefined;
    fault = error instanceof Error ? error : new Error(String(error));
    if (isNew) onFault(fault);
  };

  const writeBatch = async (batch: readonly string[], told: number): Promise<void> => {
    let one = await opened();
    const { maxBytes, maxAgeMs } = rotation();
    const note = told > 0 ? entryText(now(), 'warn', 'log_entries_lost', { lost: told }) : '';
    const text = note + batch.join('');
    const isOld = now().getTime() - one.begun >= maxAgeMs;
    if (one.size > 0 && (isOld || one.size + Buffer.byteLength(text) > maxBytes))
      one = await rotate(one);
    await append(one, text);
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      inFlight = waiting;
      waiting = [];
      const told = untoldLost;
      try {
        await writeBatch(inFlight, told);
        untoldLost -= told;
        waitingBytes -= sizeOf(inFlight);
      } catch (error) {
        waiting = [...inFlight, ...waiting];
        throw error;
      } finally {
        inFlight = [];
      }
      if (fault !== undefined) onFault((fault = undefined));
    }
  };

  const start = (): void => {
    stopWaiting?.();
    stopWaiting = undefined;
    writing ??= new Promise((resolve) => {
      setImmediate(resolve);
    })
      .then(drain)
      .catch((error: unknown) => {
        fail(error);
        stopWaiting = later(start, AGAIN_MS);
      })
      .finally(() => {
        writing = undefined;
        // Taken behind the last look.
        if (waiting.length > 0 && stopWaiting === undefined) start();
      });
  };

  return {
    write: (entry) => {
      if (waitingBytes + entry.length > MOST_WAITING) {
        lost += 1;
        untoldLost += 1;
        return;
      }
      waiting.push(entry);
      waitingBytes += entry.length;
      if (writing === undefined && stopWaiting === undefined) start();
    },
    flush: async () => {
      if (waiting.length > 0) start();
      await writing;
    },
    flushSync: () => {
      if (file === undefined) return;
      try {
        // What was on its way may stand there twice: better than not at all.
        writeSync(file.handle.fd, [...inFlight, ...waiting].join(''));
        fsyncSync(file.handle.fd);
        waiting = [];
      } catch (error) {
        fail(error);
      }
    },
    fault: () => fault,
    lost: () => lost,
    close: async () => {
      if (waiting.length > 0) start();
      await writing;
      stopWaiting?.();
      await housekeeping;
      await file?.handle.close();
      file = undefined;
    },
  };
}

const sizeOf = (entries: readonly string[]): number =>
  entries.reduce((sum, entry) => sum + entry.length, 0);
