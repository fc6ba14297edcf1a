/** What our YAML files can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same; the order of keys does not count. Nothing is the same as nothing. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  if (!isObject(a)) return a !== undefined && (a === b || Object.is(a, b));
  if (!isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => sameJson(a[key], valueOf(b, key)))
  );
}

/** Own keys only: a file may well have a key `constructor`. */
export function valueOf(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, key) => (isObject(inner) ? valueOf(inner, key) : undefined),
    value,
  );
}

/** Whether the same stands at a path of both, or nothing in either. */
export function isSameAt(path: readonly string[], a: Json, b: Json): boolean {
  const [one, other] = [valueAt(a, path), valueAt(b, path)];
  return one === undefined ? other === undefined : sameJson(one, other);
}

/**
 * The value with something else at the path; undefined takes the key away. Missing parents are made.
 * Throws where a parent is neither missing nor an object: nothing but a mistake replaces those.
 */
export function withValue(whole: Json, path: readonly string[], value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (value === undefined) throw new Error('The root of a document cannot be taken away.');
    return value;
  }
  if (whole !== null && !isObject(whole)) {
    if (value === undefined) return whole;
    throw new Error(`"${key}" cannot be set in what is not a mapping.`);
  }
  const parent = whole ?? {};
  const before = valueOf(parent, key);
  if (value === undefined && before === undefined) return whole;
  if (value === undefined && rest.length === 0) {
    return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== key));
  }
  // A computed key is an own key, whatever its name: `__proto__` too.
  return { ...parent, [key]: withValue(before ?? null, rest, value) };
}
