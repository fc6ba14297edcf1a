import { cutEntries } from '../yaml/cut.ts';
import { bytesOf, entryOf, spliceEntries, textOf, type Cut, type Entry } from '../yaml/entries.ts';
import type { Json } from '../yaml/json.ts';
import { spliceYaml, type Change } from '../yaml/splice.ts';
import type { Config } from './config.ts';
import { contentOf, contentOfCut, sectionOf, type Content } from './content.ts';
import { userOfFile, type Changes, type State } from './state.ts';

/** Changes to the files, gathered and then saved as one. */
export interface Edit {
  /** The configuration as it is on the disk, under the lock. What is set here does not show in it. */
  readonly config: Config;
  /** Sets what stands at a path of a file, and makes what is missing on the way; undefined removes it. */
  set(file: string, path: readonly string[], value: Json | undefined): void;
  /** Removes a user's own file. */
  removeFile(file: string): void;
}

/** A user's own file that says nothing yet. */
const EMPTY_USER_FILE = `version: 1
...
`;

/** An edit, and what it makes of the files in the end. */
export interface GatheredEdit {
  readonly edit: Edit;
  /** New contents, of files that differ from what they were. */
  changes(): Changes;
}

export function gatherEdit(state: State): GatheredEdit {
  const gathered = new Map<string, Change[] | 'removed'>();
  return {
    edit: {
      config: state.config,
      set: (file, path, value) => {
        const known = gathered.get(file);
        const changes = Array.isArray(known) ? known : [];
        gathered.set(file, [...changes, { path, value }]);
      },
      removeFile: (file) => {
        gathered.set(file, 'removed');
      },
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
  if (section === undefined) return undefined;
  let after: Content | undefined = content;
  for (const change of changes) {
    const [top, key, ...rest] = change.path;
    if (top !== section || key === undefined || after?.cut === undefined) return undefined;
    const isGone = rest.length === 0 && change.value === undefined;
    after = isGone
      ? withoutEntry(after, after.cut, key)
      : changedEntry(after.cut, section, key, { ...change, path: [key, ...rest] });
  }
  return after;
}

function changedEntry(cut: Cut, section: string, key: string, change: Change): Content | undefined {
  const found = cut.entries.findIndex((entry) => entry.key === key);
  const old = cut.entries[found];
  const text = old === undefined ? `${indentOf(cut)}${key}: {}\n` : textOf(old);
  const entry = soleEntry(section, key, spliceYaml(text, [change]));
  if (entry === undefined) return undefined;
  const at = old === undefined ? cut.entries.length : found;
  return contentOfCut(spliceEntries(cut, at, 1, [entry]));
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
