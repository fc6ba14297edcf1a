import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { createSplitter, readEntry, type LogEntry, type LogFilter } from './entries.ts';
import { currentFile, rotatedFiles } from './log-files.ts';

/**
 * The entries of a log, oldest first, through all its files. Takes as much memory as one entry, however
 * large they are.
 *
 * @param onDamaged is told of each piece that is no entry
 */
export async function* readLog(
  directory: string,
  name: string,
  filter: LogFilter,
  onDamaged: () => void,
): AsyncGenerator<LogEntry> {
  const rotated = await rotatedFiles(directory, name);
  for (const path of [
    ...rotated.map((one) => join(directory, one)),
    currentFile(directory, name),
  ]) {
    yield* entriesOf(path, filter, onDamaged);
  }
}

/** Those of one file. */
export async function* entriesOf(
  path: string,
  filter: LogFilter,
  onDamaged: () => void,
): AsyncGenerator<LogEntry> {
  for await (const texts of textsOf(path)) yield* wanted(texts, filter, onDamaged);
}

/** Texts of the entries of one file, as they are read, and of what is torn. */
export async function* textsOf(path: string): AsyncGenerator<readonly string[]> {
  const split = createSplitter();
  const decoder = new StringDecoder('utf8');
  for await (const chunk of bytesOf(path)) yield split.push(decoder.write(chunk));
  yield split.end();
}

/** Those of these texts that are entries, and are wanted. */
export function* wanted(
  texts: readonly string[],
  filter: LogFilter,
  onDamaged: () => void,
): Generator<LogEntry> {
  for (const text of texts) {
    const entry = readEntry(text, filter);
    if (entry === 'damaged') onDamaged();
    else if (entry !== 'unwanted') yield entry;
  }
}

/** Nothing where the file is gone: the oldest go, and others are compressed meanwhile. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  try {
    // `compose` fails what is read where what it reads from fails.
    const stream = path.endsWith('.gz') ? file.compose(createGunzip()) : file;
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
