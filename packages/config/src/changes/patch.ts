import type { Edit } from '../store/edit.ts';
import { isObject, type Json, type JsonObject } from '../yaml/json.ts';

/** What differs of a `T`, as RFC 7396 has it: null takes a key away, mappings are merged, lists replaced. */
export type Patch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? string extends keyof T
      ? Record<string, Patch<T[keyof T]> | null>
      : { [K in keyof T]?: Patch<T[K]> | null }
    : T;

/**
 * Sets what a patch says below a path. A mapping that a removal empties goes too, up to and without
 * the path itself.
 */
export function applyPatch(
  edit: Edit,
  file: string,
  path: readonly string[],
  patch: JsonObject,
): void {
  // What comes is put in first: a mapping that only seems to become empty keeps its place.
  const removals: string[] = [];
  for (const [key, value] of Object.entries(patch)) {
    const inner = [...path, key];
    if (value === null) removals.push(key);
    else if (isObject(value) && isObject(edit.value(file, inner))) {
      applyPatch(edit, file, inner, value);
      if (isEmpty(edit.value(file, inner))) edit.set(file, inner, undefined);
    } else if (!isObject(value) || !isEmpty(withoutNulls(value))) {
      edit.set(file, inner, withoutNulls(value));
    }
  }
  for (const key of removals) {
    if (edit.value(file, [...path, key]) !== undefined) edit.set(file, [...path, key], undefined);
  }
}

const isEmpty = (value: Json | undefined): boolean =>
  isObject(value) && Object.keys(value).length === 0;

function withoutNulls(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
