import { join } from 'node:path';
import { readEntry, readHead, type LogEntry, type LogFilter } from './entries.ts';
import { currentFile, rotatedFiles } from './log-files.ts';
import { textsOf } from './read-log.ts';

/**
 * The latest entries that are wanted, oldest first. Reads as few files as it can, the newest first, and
 * parses only what it returns: a server can do it beside its work.
 *
 * @param options.most how many
 * @param options.onDamaged is told of each piece that is no entry, in what was read
 */
export async function latestEntries(
  directory: string,
  name: string,
  filter: LogFilter,
  { most, onDamaged }: { readonly most: number; readonly onDamaged: () => void },
): Promise<LogEntry[]> {
  const rotated = await rotatedFiles(directory, name);
  const paths = [
    currentFile(directory, name),
    ...rotated.toReversed().map((one) => join(directory, one)),
  ];
  const newestFirst: LogEntry[] = [];
  for (const path of paths) {
    const wanted = most - newestFirst.length;
    if (wanted === 0) break;
    const texts = await latestTexts(path, filter, wanted, onDamaged);
    for (const text of texts.toReversed()) {
      const entry = readEntry(text, filter);
      if (entry === 'damaged') onDamaged();
      else if (entry !== 'unwanted') newestFirst.push(entry);
    }
  }
  return newestFirst.toReversed();
}

async function latestTexts(
  path: string,
  filter: LogFilter,
  most: number,
  onDamaged: () => void,
): Promise<string[]> {
  let latest: string[] = [];
  for await (const texts of textsOf(path)) {
    for (const text of texts) {
      const head = readHead(text, filter);
      if (head === 'damaged') onDamaged();
      else if (head !== 'unwanted') latest.push(text);
    }
    if (latest.length > most) latest = latest.slice(-most);
  }
  return latest;
}
