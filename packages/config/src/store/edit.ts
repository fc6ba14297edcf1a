import { FILE_HEADERS } from '../file-headers.ts';
import type { Fault, Validators } from '../validate.ts';
import { cutEntries } from '../yaml/cut.ts';
import {
  bytesOf,
  entryOf,
  replaceEntries,
  spliceEntries,
  textOf,
  type Cut,
  type Entry,
} from '../yaml/entries.ts';
import { withValue, type Json } from '../yaml/json.ts';
import { spliceYaml, type Change } from '../yaml/splice.ts';
import type { Config } from './config.ts';
import { contentOf, contentOfCut, sectionOf, type Content } from './content.ts';
import { placeOf, standing, validateOf, valueAt, type Place } from './standing.ts';
import { userOfFile, type Changes, type State } from './state.ts';

/** Changes to the files, gathered and then saved as one. */
export interface Edit {
  /** The configuration as it is on the disk, under the lock. What is set here does not show in it. */
  readonly config: Config;
  /**
   * What is written at a path of a file, what is set here included; undefined where nothing is. In
   * `users.yaml` the path has to name a user.
   */
  value(file: string, path: readonly string[]): Json | undefined;
  /** Sets what stands at a path of a file, and makes what is missing on the way; undefined removes it. */
  set(file: string, path: readonly string[], value: Json | undefined): void;
  /** Removes a user's own file. */
  removeFile(file: string): void;
  /** What is wrong with the form of what is set here, in the file or in the user that the path names. */
  faults(file: string, path: readonly string[]): Fault[];
  /** Where a path of a file stands on the disk. */
  place(file: string, path: readonly string[]): Place;
}

/** A user's own file that says nothing yet. */
const EMPTY_USER_FILE = `${FILE_HEADERS.user}version: 1
...
`;

/** An edit, and what it makes of the files in the end. */
export interface GatheredEdit {
  readonly edit: Edit;
  /** New contents, of files that differ from what they were. */
  changes(): Changes;
}

export function gatherEdit(state: State, validators: Validators): GatheredEdit {
  const gathered = new Map<string, Change[] | 'removed'>();
  /** What files say, each user of `users.yaml` by themselves: of 100,000 only those that are asked for. */
  const values = new Map<string, Json | undefined>();
  const keyOf = (file: string, [, id = '']: readonly string[]): string =>
    file === 'users.yaml' ? id : file;
  const whole = (file: string, path: readonly string[]): Json | undefined => {
    const key = keyOf(file, path);
    if (!values.has(key)) values.set(key, standing(state, file, path));
    return values.get(key);
  };
  return {
    edit: {
      config: state.config,
      value: (file, path) => valueAt(whole(file, path), path),
      set: (file, path, value) => {
        values.set(keyOf(file, path), withValue(whole(file, path) ?? { version: 1 }, path, value));
        const known = gathered.get(file);
        if (Array.isArray(known)) known.push({ path, value });
        else gathered.set(file, [{ path, value }]);
      },
      removeFile: (file) => {
        values.set(file, undefined);
        gathered.set(file, 'removed');
      },
      faults: (file, path) => {
        // Validating fills in defaults.
        const value = structuredClone(whole(file, path));
        return value === undefined ? [] : validateOf(validators, file)(value);
      },
      place: (file, path) => placeOf(state, file, path),
    },
    changes: () => {
      const contents = new Map<string, Content | undefined>();
      for (const [file, changes] of gathered) {
        const before = state.contents.get(file);
        const after = changes === 'removed' ? undefined : edited(file, before, changes);
        if (after?.digest !== before?.digest) contents.set(file, after);
      }
      return contents;
    },
  };
}

function edited(
  file: string,
  before: Content | undefined,
  changes: readonly Change[],
): Content | undefined {
  if (before === undefined && userOfFile(file) === undefined) {
    throw new Error(`There is no ${file} to change`);
  }
  const content = before ?? contentOf(file, Buffer.from(EMPTY_USER_FILE));
  const byEntries = editedByEntries(file, content, changes);
  return byEntries ?? contentOf(file, Buffer.from(spliceYaml(content.text(), changes)), content);
}

/**
 * Edits only the lines of the entries that change: 50 MB are neither parsed nor copied. Undefined where
 * that is not possible, as with the first entry and the last one to go.
 */
function editedByEntries(
  file: string,
  content: Content,
  changes: readonly Change[],
): Content | undefined {
  const section = sectionOf(file);
  if (section === undefined || content.cut === undefined) return undefined;
  const byEntry = new Map<string, Change[]>();
  for (const { path, value } of changes) {
    const [top, key, ...rest] = path;
    if (top !== section || key === undefined) return undefined;
    const change = { path: [key, ...rest], value };
    const known = byEntry.get(key);
    if (known === undefined) byEntry.set(key, [change]);
    else known.push(change);
  }
  return editedEntries(content.cut, section, byEntry);
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

function indentOf({ entries: [first] }: Cut): string {
  return first === undefined ? '' : (/^ */.exec(textOf(first))?.[0] ?? '');
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
