import type { Splice } from '../history/delta.ts';
import type { FileChange } from '../history/record.ts';
import { sectionOf } from '../store/content.ts';
import { createValidators } from '../validate.ts';
import { parseYaml } from '../yaml.ts';
import { isObject, valueAt, withValue, type Json, type JsonObject } from '../yaml/json.ts';
import type { Part } from './revision.ts';

/**
 * What a file said of a resource before a change of the file, defaults filled in. Undefined where the
 * history cannot tell.
 */
export function partBefore(part: Part, change: FileChange): Part | undefined {
  if (change.before === null) return { ...part, value: undefined };
  if (change.splices === null) return undefined;
  const whole = change.splices.map((splice) => wholeFile(part.file, splice)).find(Boolean);
  const value =
    whole === undefined ? entriesBefore(part, change.splices) : valueAt(whole, part.path);
  return filledIn({ ...part, value });
}

/** What a splice took away, where that was all of the file. */
function wholeFile(file: string, { entry, removed }: Splice): JsonObject | undefined {
  if (entry !== undefined) return undefined;
  const value = parsed(removed);
  // The lines behind the last entry of a file can be YAML of their own.
  return value !== undefined && Object.hasOwn(value, sectionOf(file) ?? 'version')
    ? value
    : undefined;
}

/** Puts back, in what the part says, what the splices took away. */
function entriesBefore({ file, path, value }: Part, splices: readonly Splice[]): Json | undefined {
  const depth = sectionOf(file) === undefined ? 0 : 1;
  const key = path[depth];
  // An entry that only changed its place is taken away in one splice and put in by another.
  const removed = new Map<string, string>();
  for (const { entry, removed: text } of splices) {
    if (entry === undefined || (key !== undefined && entry !== key)) continue;
    removed.set(entry, (removed.get(entry) ?? '') + text);
  }
  let before = value;
  for (const [entry, text] of removed) {
    const old = text === '' ? undefined : parsed(`${text}...\n`)?.[entry];
    before = key === undefined ? withValue(before ?? {}, [entry], old) : old;
  }
  return before;
}

function parsed(text: string): JsonObject | undefined {
  const result = parseYaml('history', text);
  if (Array.isArray(result)) return undefined;
  // What parses under the core schema is JSON.
  const value = result.value as Json;
  return isObject(value) ? value : undefined;
}

/** Only templates have defaults. */
function filledIn(part: Part): Part {
  if (part.file !== 'containers.yaml' || part.value === undefined) return part;
  const file = withValue({ version: 1 }, part.path, structuredClone(part.value));
  createValidators().containers(file);
  return { ...part, value: valueAt(file, part.path) };
}
