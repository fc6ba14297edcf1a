import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { sectionOf } from '../store/content.ts';
import { isObject, valueAt, type Json } from '../yaml/json.ts';
import { changesBetween, type Change } from '../yaml/splice.ts';
import { HEAD, TAIL, WHOLE } from './parts.ts';

/** What a part of a file says. */
export interface Reading {
  /** From the root of the file, as if the rest of it said nothing. */
  readonly value: Json;
  readonly comments: readonly string[];
  /** The words that nobody can know who has not seen them: UUIDs, hashes and their like. */
  readonly unguessable: ReadonlySet<string>;
  /** Undefined where the lines do not parse by themselves. */
  readonly isParsed: boolean;
}

export type Read = (part: string, text: string) => Reading;

/** Reads the parts of a file. What has been read is not read again. */
export function createReader(file: string): Read {
  const readings = new Map<string, Reading>();
  return (part, text) => {
    const key = `${part}\0${text}`;
    const known = readings.get(key) ?? readingOf(file, part, text);
    readings.set(key, known);
    return known;
  };
}

function readingOf(file: string, part: string, text: string): Reading {
  const comments = (text.match(/(?:^|\s)#.*$/gm) ?? []).map((comment) => comment.trim());
  const section = [HEAD, TAIL, WHOLE].includes(part) ? undefined : sectionOf(file);
  const value = parsed(text);
  const isParsed = value !== undefined;
  const unguessable = new Set(text.match(LONG_WORDS)?.filter(isUnguessable));
  if (!isParsed) return { value: text, comments, unguessable, isParsed };
  const rooted = section === undefined ? value : { [section]: value };
  return { value: rooted, comments, unguessable, isParsed };
}

/** Lines that stand in a file for something else than they look like may be none by themselves. */
function parsed(text: string): Json | undefined {
  if (!/^(?!\.{3}|-{3})[ \t]*[^\s#]/m.test(text)) return {};
  try {
    const value = load(text, { schema: CORE_SCHEMA }) as Json | undefined;
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

const LONG_WORDS = /(?<![\w+/=:$-])[\w+/=:$-]{32,}/g;
const LEAST_CHARACTERS = 8;

/** Not a line of dashes. */
const isUnguessable = (word: string): boolean =>
  word.length >= 32 && new Set(word).size >= LEAST_CHARACTERS;

/** How far two texts are apart that say the same, in another layout. */
export const LAYOUT = 1;
/** Of a value or a comment. */
export const CHANGE = 4;
/** Nobody thinks up a UUID or a hash that was there before: what comes back by it was there all along. */
const RETURN = 5;

/** How far what was saved is from a version; 0 for equal texts only. */
export function distanceOf(saved: Reading, version: Reading): number {
  const changes = changesBetween(version.value, saved.value);
  const weight = ({ path, value }: Change): number => {
    if (value === undefined) return CHANGE;
    if (isUnguessable(path.at(-1) ?? '')) return RETURN;
    return valueAt(version.value, path) === undefined ? CHANGE * leavesIn(value) : CHANGE;
  };
  const said = changes.reduce((sum, change) => sum + weight(change), 0);
  return Math.max(LAYOUT, said + CHANGE * unshared(saved.comments, version.comments));
}

/** As many as somebody would have had to write: who writes a mapping writes all that is in it. */
function leavesIn(value: Json): number {
  if (!isObject(value)) return 1;
  return Math.max(
    1,
    Object.values(value).reduce<number>((sum, one) => sum + leavesIn(one), 0),
  );
}

/** How many comments lead from one to the other: one that is worded anew is one. */
function unshared(one: readonly string[], other: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const comment of one) counts.set(comment, (counts.get(comment) ?? 0) + 1);
  for (const comment of other) counts.set(comment, (counts.get(comment) ?? 0) - 1);
  const values = [...counts.values()];
  const come = values.reduce((sum, count) => sum + Math.max(0, count), 0);
  const gone = values.reduce((sum, count) => sum + Math.max(0, -count), 0);
  return Math.max(come, gone);
}
