import { cutEntries } from '../yaml/cut.ts';
import {
  bytesOf,
  entryOf,
  indentOf,
  replaceEntries,
  spliceEntries,
  textOf,
  type Cut,
  type Entry,
} from '../yaml/entries.ts';
import { spliceYaml, type Change } from '../yaml/splice.ts';
import { contentOf, contentOfCut, sectionOf, type Content } from './content.ts';

/**
 * A file with changes in it.
 *
 * @param cut where its entries are; undefined where only a parser can tell
 */
export function changedContent(
  file: string,
  content: Content,
  cut: Cut | undefined,
  changes: readonly Change[],
): Content {
  if (changes.length === 0) return content;
  const byEntries = cut && editedByEntries(file, cut, changes);
  return byEntries ?? contentOf(file, Buffer.from(spliceYaml(content.text(), changes)), content);
}

/**
 * Edits only the lines of the entries that change: 50 MB are neither parsed nor copied. Undefined where
 * that is not possible, as with the first entry and the last one to go.
 */
function editedByEntries(file: string, cut: Cut, changes: readonly Change[]): Content | undefined {
  const section = sectionOf(file);
  if (section === undefined) return undefined;
  const byEntry = new Map<string, Change[]>();
  for (const { path, value } of changes) {
    const [top, key, ...rest] = path;
    if (top !== section || key === undefined) return undefined;
    const change = { path: [key, ...rest], value };
    const known = byEntry.get(key);
    if (known === undefined) byEntry.set(key, [change]);
    else known.push(change);
  }
  return editedEntries(cut, section, byEntry);
}

/** All entries that stay are changed at once: there may be as many as there are users. */
function editedEntries(
  cut: Cut,
  section: string,
  byEntry: Map<string, readonly Change[]>,
): Content | undefined {
  const changed = new Map<number, Entry>();
  for (let index = 0; index < cut.entries.length && byEntry.size > 0; index += 1) {
    const old = cut.entries[index];
    const changes = old && byEntry.get(old.key);
    if (old === undefined || changes === undefined || changes.some(isRemoval)) continue;
    const entry = soleEntry(section, old.key, spliceYaml(textOf(old), changes));
    if (entry === undefined) return undefined;
    changed.set(index, entry);
    byEntry.delete(old.key);
  }
  let after: Content | undefined = contentOfCut(replaceEntries(cut, changed));
  for (const [key, changes] of byEntry) {
    for (const change of changes) {
      if (after?.cut === undefined) return undefined;
      after = isRemoval(change)
        ? withoutEntry(after, after.cut, key)
        : changedEntry(after.cut, section, key, change);
    }
  }
  return after;
}

const isRemoval = ({ path, value }: Change): boolean => path.length === 1 && value === undefined;

function changedEntry(cut: Cut, section: string, key: string, change: Change): Content | undefined {
  const found = cut.entries.findIndex((entry) => entry.key === key);
  const old = cut.entries[found];
  if (old === undefined) return withNewEntry(cut, section, key, change);
  const entry = soleEntry(section, key, spliceYaml(textOf(old), [change]));
  return entry && contentOfCut(spliceEntries(cut, found, 1, [entry]));
}

/**
 * Puts a new entry behind the last one, written in the same manner. Comments at the margin, below the
 * last entry, end the section and not the entry: they stay below.
 */
function withNewEntry(cut: Cut, section: string, key: string, change: Change): Content | undefined {
  const last = cut.entries.at(-1);
  if (last === undefined) return undefined;
  const end = endOfOwnLines(last, indentOf(cut).length);
  const own = bytesOf(last).toString('utf8', 0, end);
  const below = bytesOf(last).toString('utf8', end);
  const both = spliceYaml(own, [change]);
  if (!both.startsWith(own)) return undefined;
  const entry = soleEntry(section, key, both.slice(own.length) + below);
  const before = entryOf(last.key, Buffer.from(own));
  return entry && contentOfCut(spliceEntries(cut, cut.entries.length - 1, 1, [before, entry]));
}

/** The lines as an entry, if they still are one, and only one. */
function soleEntry(section: string, key: string, text: string): Entry | undefined {
  const cut = cutEntries(Buffer.from(`${section}:\n${text}`), section);
  const [entry, another] = cut?.entries ?? [];
  const isWhole = entry?.key === key && another === undefined && cut?.tail.length === 0;
  return isWhole ? entryOf(key, Buffer.from(text)) : undefined;
}

/** Blank lines and comments between an entry that goes and the next one stay. */
function withoutEntry(content: Content, cut: Cut, key: string): Content | undefined {
  const index = cut.entries.findIndex((entry) => entry.key === key);
  const entry = cut.entries[index];
  if (entry === undefined) return content;
  if (cut.entries.length === 1) return undefined;
  const kept = bytesOf(entry).subarray(endOfOwnLines(entry, indentOf(cut).length));
  const before = cut.entries[index - 1];
  if (before === undefined) {
    const head = Buffer.concat([cut.head, kept]);
    return contentOfCut({ ...spliceEntries(cut, index, 1, []), head });
  }
  const longer = entryOf(before.key, Buffer.concat([bytesOf(before), kept]));
  return contentOfCut(spliceEntries(cut, index - 1, 2, [longer]));
}

/** Where the last line ends that is indented deeper than the key. */
function endOfOwnLines(entry: Entry, indent: number): number {
  let end = 0;
  let at = 0;
  for (const line of bytesOf(entry)
    .toString('latin1')
    .split(/(?<=\n)/)) {
    at += line.length;
    if (end === 0 || line.search(/\S/) > indent) end = at;
  }
  return end;
}
