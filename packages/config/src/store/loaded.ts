import { isUtf8 } from 'node:buffer';
import type { User, UsersFile, Uuid } from '@berth/contract';
import { issueAt, MOST_ISSUES, type Issue } from '../issue.ts';
import type { Fault, Validate } from '../validate.ts';
import { parseYaml, type Extent, type ParsedYaml, type Path } from '../yaml.ts';
import { bytesOf, changedEntries, textOf, type Cut, type Entry } from '../yaml/entries.ts';
import { newlinesIn } from '../yaml/newlines.ts';
import type { Content } from './content.ts';

/** One file: what it says, and the means to point at a place in it. */
export interface Loaded<T> {
  readonly file: string;
  readonly content: Content;
  /** Valid, with defaults filled in. */
  readonly value: T;
  /** Where they stand. Of many at once it costs as much as of one. */
  issues(faults: readonly Fault[]): Issue[];
}

/** Tells of something that is wrong at a place of a file. */
export type Report = (
  file: Pick<Loaded<unknown>, 'issues'>,
  path: Path,
  message: string,
  want?: 'key',
) => void;

/** Parses and validates a file. Returns what is wrong with it, which may be more than `most`. */
export function loadFile<T>(
  file: string,
  content: Content,
  validate: Validate,
  most = MOST_ISSUES,
): Loaded<T> | Issue[] {
  const parsed = parseWhole(file, content, most);
  if (Array.isArray(parsed)) return parsed;
  const { value } = parsed;
  const faults = validate(value, most);
  if (faults.length > 0) return faults.map(issuesIn(file, content.text(), parsed));
  // What a schema has passed has its type.
  return {
    file,
    content,
    value: value as T,
    issues: (found) => issuesInWhole(file, content, found),
  };
}

/** What changed in `users.yaml`: the user that an entry says now, undefined where there is none. */
export type UserChanges = ReadonlyMap<Uuid, User | undefined>;

export interface LoadedUsers {
  readonly file: 'users.yaml';
  readonly content: Content;
  readonly changes: UserChanges;
  /** Whether `changes` is everybody, and not the difference to `previous`. */
  readonly isWhole: boolean;
  /** The entries, where each was parsed by itself: only then they are what the parser sees too. */
  readonly cut: Cut | undefined;
  issues(faults: readonly Fault[]): Issue[];
}

/**
 * Like `loadFile` for `users.yaml`, but parses the entries by themselves, and only those that
 * `previous` does not have: that is what makes one edit among 100,000 users cheap. To parse them one
 * by one is also faster than all at once, and needs a tenth of the memory. Where that finds anything
 * amiss, the parse of the whole file decides.
 */
export function loadUsers(
  content: Content,
  validate: Validate,
  previous?: LoadedUsers,
  most = MOST_ISSUES,
): LoadedUsers | Issue[] {
  const file = 'users.yaml';
  const { cut } = content;
  const byEntries = cut && parseEntries(cut, previous?.cut);
  if (cut === undefined || byEntries === undefined) {
    const loaded = loadFile<UsersFile>(file, content, validate, most);
    if (Array.isArray(loaded)) return loaded;
    const changes = new Map(Object.entries(loaded.value.users));
    return { file, content, changes, isWhole: true, cut: undefined, issues: loaded.issues };
  }
  const issues = (found: readonly Fault[]): Issue[] => issuesByEntry(content, cut, found);
  const faults = validate({ ...byEntries.top, users: {} }, most);
  for (const [key, user] of byEntries.changes) {
    if (user === undefined) continue;
    faults.push(...validate({ version: 1, users: { [key]: user } }, most));
    if (faults.length > most) break;
  }
  if (faults.length > 0) return issues(faults);
  return {
    file,
    content,
    changes: byEntries.changes as UserChanges,
    isWhole: previous?.cut === undefined,
    cut,
    issues,
  };
}

function parseWhole(file: string, content: Content, most: number): ParsedYaml | Issue[] {
  const invalid = content.pieces().find((piece) => !isUtf8(piece));
  if (invalid !== undefined) {
    return [issueAt(file, '', 0, 'is not UTF-8 text: save it with that encoding')];
  }
  return parseYaml(file, content.text(), { most });
}

function issuesIn(file: string, text: string, parsed: ParsedYaml): (fault: Fault) => Issue {
  return ({ path, want, message }) => issueAt(file, text, parsed.locate(path, want), message);
}

/** Parses again what was only kept as bytes: errors are rare, and trees of places are large. */
function issuesInWhole(file: string, content: Content, faults: readonly Fault[]): Issue[] {
  const text = content.text();
  const parsed = parseYaml(file, text);
  if (Array.isArray(parsed)) throw new Error(`${file} no longer parses`);
  return faults.map(issuesIn(file, text, parsed));
}

interface ParsedEntries {
  /** The file without its entries. */
  readonly top: Record<string, unknown>;
  readonly changes: ReadonlyMap<string, unknown>;
}

/** Undefined where an entry or the rest does not parse by itself as what it has to be. */
function parseEntries(cut: Cut, previous: Cut | undefined): ParsedEntries | undefined {
  const changed = changedEntries(cut, previous);
  if (!areUtf8([cut.head, cut.tail, ...sourcesOf(changed.values())])) return undefined;
  const top = parsedMapping(Buffer.concat([cut.head, cut.tail]).toString());
  // Anything but nothing means that the entries go on behind what looked like their end.
  if (top === undefined || top['users'] !== null) return undefined;
  const changes = new Map<string, unknown>();
  for (const [key, entry] of changed) {
    if (entry === undefined) {
      changes.set(key, undefined);
      continue;
    }
    const value = parseEntry(entry);
    if (value === undefined) return undefined;
    changes.set(key, value.user);
  }
  return { top, changes };
}

/** What the entries lie in: 100,000 of them mostly in one piece, which is looked at once. */
function sourcesOf(entries: Iterable<Entry | undefined>): Set<Buffer> {
  const sources = new Set<Buffer>();
  for (const entry of entries) if (entry !== undefined) sources.add(entry.source);
  return sources;
}

const areUtf8 = (pieces: readonly Buffer[]): boolean => pieces.every((piece) => isUtf8(piece));

function parseEntry(entry: Entry): { user: unknown } | undefined {
  const { key } = entry;
  const value = parsedMapping(textOf(entry), { outside: 1, isPart: true });
  // `__proto__` and what is not spelt as it reads ("null", 0x1) are for the whole parse to judge.
  if (value === undefined || !Object.hasOwn(value, key) || Object.keys(value).length > 1) {
    return undefined;
  }
  return { user: value[key] };
}

function parsedMapping(text: string, extent?: Extent): Record<string, unknown> | undefined {
  const parsed = parseYaml('users.yaml', text, extent);
  if (Array.isArray(parsed)) return undefined;
  const { value } = parsed;
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Record<string, unknown>) : undefined;
}

/** More lines than are looked at to tell whether one of them could show a secret. */
const LINES_AROUND = 200;

/** Points into the entries' own lines, and shows them as they stand in the file. */
function issuesByEntry(content: Content, cut: Cut, faults: readonly Fault[]): Issue[] {
  const indices = new Map(cut.entries.map(({ key }, index) => [key, index]));
  const parts = [cut.head, ...cut.entries.map(bytesOf), cut.tail];
  const linesAbove = sumsOf(parts.map(newlinesIn));
  return faults.flatMap((fault) => {
    const [, key, ...rest] = fault.path;
    const index = indices.get(String(key)) ?? -1;
    const entry = cut.entries[index];
    if (entry === undefined) return issuesInWhole('users.yaml', content, [fault]);
    const text = textOf(entry);
    const parsed = parseYaml('users.yaml', text, { isPart: true });
    if (Array.isArray(parsed)) throw new Error(`The entry ${entry.key} no longer parses`);
    const own = index + 1;
    const lines = (until: number): number => (linesAbove[own] ?? 0) - (linesAbove[until] ?? 0);
    let first = own;
    while (first > 0 && lines(first) < LINES_AROUND) first -= 1;
    const above = Buffer.concat(parts.slice(first, own)).toString();
    const below = parts[own + 1]?.toString() ?? '';
    const offset = above.length + parsed.locate([entry.key, ...rest], fault.want);
    const issue = issueAt('users.yaml', above + text + below, offset, fault.message);
    return { ...issue, line: issue.line + (linesAbove[first] ?? 0) };
  });
}

/** Of each number, the sum of those before it. */
function sumsOf(numbers: readonly number[]): number[] {
  let sum = 0;
  return numbers.map((number) => {
    const before = sum;
    sum += number;
    return before;
  });
}
