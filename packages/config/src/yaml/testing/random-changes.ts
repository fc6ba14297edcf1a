import * as fc from 'fast-check';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Change } from '../splice.ts';
import { NAMES } from './hand.ts';

/** A change that is yet to find its place in a value. */
export interface Intent {
  readonly what: 'set' | 'add' | 'add deep' | 'remove' | 'list' | 'mapping' | 'same';
  readonly where: number;
  readonly how: number;
  readonly name: string;
  readonly value: Json;
}

const anyScalar = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1, -1.5, 1e21, 5e-7, 'alice', 'x y', 'lab:1'),
  fc.constantFrom(
    '8888',
    'true',
    '2026-11-23',
    'null',
    '0x1',
    '1e3',
    '.inf',
    '~',
    '',
    '- a',
    'a: b',
  ),
  fc.constantFrom('first\nsecond\n', 'first\n\n second', ' first\n', '# no', "it's", '...', '---'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

const anyName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);

const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: anyScalar },
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(anyName, tie('value')), { maxLength: 4 }).map(objectOf),
  ),
}));

function objectOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries);
}

export const intents: fc.Arbitrary<Intent[]> = fc.array(
  fc.record({
    what: fc.constantFrom('set', 'add', 'add deep', 'remove', 'remove', 'list', 'mapping', 'same'),
    where: fc.nat(40),
    how: fc.nat(40),
    name: anyName,
    value: anyValue,
  }),
  { minLength: 1, maxLength: 3 },
);

/** The changes that the intents come to, and what the value is with them. */
export function resolved(
  before: Json,
  wanted: readonly Intent[],
): { changes: Change[]; after: Json } {
  let after = before;
  const changes = wanted.map((intent) => {
    const change = resolve(after, intent);
    after = changed(after, change.path, change.value);
    return change;
  });
  return { changes, after };
}

function resolve(root: Json, { what, where, how, name: key, value: next }: Intent): Change {
  const places = placesOf(root);
  const pick = (
    fits: (value: Json, path: readonly string[]) => boolean,
  ): (typeof places)[number] => {
    const fitting = places.filter(({ path, value: at }) => fits(at, path));
    return fitting[where % fitting.length] ?? { path: [key], value: null };
  };
  const any = pick((_, path) => path.length > 0);
  switch (what) {
    case 'set':
      return { path: any.path, value: next };
    case 'same':
      return { path: any.path, value: reordered(any.value) };
    case 'remove':
      return { path: any.path, value: undefined };
    case 'add':
    case 'add deep': {
      const parent = pick((at) => isObject(at) || at === null);
      const below = what === 'add' ? [key] : [key, 'x', 'z'];
      const isFree = isObject(parent.value) && !Object.hasOwn(parent.value, key);
      return { path: [...parent.path, ...(isFree ? below : [key])], value: next };
    }
    case 'list': {
      const { path, value: list } = pick((at) => Array.isArray(at));
      return { path, value: Array.isArray(list) ? withItem(list, how, next) : next };
    }
    case 'mapping': {
      const { path, value: mapping } = pick(isObject);
      return { path, value: isObject(mapping) ? withEntry(mapping, how, key, next) : next };
    }
    default:
      return what satisfies never;
  }
}

function placesOf(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: Json }[] {
  const below = isObject(value)
    ? Object.entries(value).flatMap(([name, item]) => placesOf(item, [...path, name]))
    : [];
  return [{ path, value }, ...below];
}

function reordered(value: Json): Json {
  return isObject(value) ? Object.fromEntries(Object.entries(value).toReversed()) : value;
}

function withItem(list: readonly Json[], how: number, item: Json): Json[] {
  const at = list.length === 0 ? 0 : Math.floor(how / 4) % list.length;
  const old = list[at];
  switch (how % 4) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, item);
    case 2:
      return list.toSpliced(at, 1, item, item);
    default:
      if (Array.isArray(old)) return list.toSpliced(at, 1, [...old, item]);
      return list.toSpliced(at, 1, isObject(old) ? { ...old, added: item } : item);
  }
}

function withEntry(mapping: JsonObject, how: number, name: string, item: Json): JsonObject {
  const entries = Object.entries(mapping);
  const at = entries.length === 0 ? 0 : Math.floor(how / 4) % entries.length;
  const old = entries[at];
  switch (how % 4) {
    case 0:
      return objectOf(entries.toSpliced(at, 1));
    case 1:
      return objectOf([...entries, [name, item]]);
    case 2:
      return objectOf(old === undefined ? [] : entries.toSpliced(at, 1, [old[0], item]));
    default:
      return objectOf([...entries.toSpliced(at, 2), [name, item]]);
  }
}

/** Worked out in another way than the code under test does. */
function changed(whole: Json, [key, ...rest]: readonly string[], next: Json | undefined): Json {
  if (key === undefined) return next ?? null;
  const entries = new Map(isObject(whole) ? Object.entries(whole) : []);
  const old = entries.get(key);
  if (next === undefined && old === undefined) return whole;
  if (next === undefined && rest.length === 0) entries.delete(key);
  else entries.set(key, changed(old ?? null, rest, next));
  return Object.fromEntries(entries);
}
