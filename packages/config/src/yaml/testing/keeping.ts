import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../json.ts';
import type { Change } from '../splice.ts';
import type { HandPath, Page, Remark } from './page.ts';

/** Whether the change leaves what the remark is about where it is. */
export function mustStay({ kind, path, needsItem }: Remark, before: Json, after: Json): boolean {
  const [old, young] = follow(before, after, path);
  if (old === undefined || young === undefined) return false;
  switch (kind) {
    case 'of':
      return true;
    case 'behind':
      return isScalar(old)
        ? isScalar(young)
        : Array.isArray(old) === Array.isArray(young) && !isScalar(young);
    case 'around':
      if (isScalar(old) || isScalar(young) || Array.isArray(old) !== Array.isArray(young))
        return false;
      return !needsItem || isDeepStrictEqual(old, young) || hasCommonItem(old, young);
    default:
      return kind satisfies never;
  }
}

type Pair = readonly [old: Json | undefined, young: Json | undefined];

/** What stands at the path before, and what has taken its place afterwards, as far as that is clear. */
function follow(before: Json, after: Json, path: HandPath): Pair {
  return path.reduce<Pair>(
    ([old, young], step) => {
      if (typeof step === 'number') return followItem(old, young, step);
      if (!isObject(old) || !isObject(young) || !Object.hasOwn(young, step))
        return [undefined, undefined];
      return [old[step], young[step]];
    },
    [before, after],
  );
}

function followItem(old: Json | undefined, young: Json | undefined, index: number): Pair {
  if (isDeepStrictEqual(old, young) && Array.isArray(old)) return [old[index], old[index]];
  if (!Array.isArray(old) || !Array.isArray(young) || old.length !== young.length) {
    return [undefined, undefined];
  }
  const [item, other] = [old[index], young[index]];
  const isOnlyChange = old.every((each, at) => at === index || isDeepStrictEqual(each, young[at]));
  const isSameThing =
    item !== undefined &&
    other !== undefined &&
    Array.isArray(item) === Array.isArray(other) &&
    hasCommonItem(item, other);
  return isOnlyChange && isSameThing ? [item, other] : [undefined, undefined];
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

function hasCommonItem(old: Json, young: Json): boolean {
  return Array.isArray(old) && Array.isArray(young)
    ? old.some((item) => young.some((other) => isDeepStrictEqual(item, other)))
    : isObject(old) &&
        isObject(young) &&
        Object.entries(old).some(
          ([name, value]) => Object.hasOwn(young, name) && isDeepStrictEqual(value, young[name]),
        );
}

interface Lines {
  readonly head: readonly string[];
  readonly tail: readonly string[];
}

/** The lines of the text above and below everything that the changes may touch. */
export function linesThatStay(
  { text, missingEnd, spans }: Page,
  changes: readonly Change[],
  before: Json,
  after: Json,
): Lines {
  const lines = (text + missingEnd).split('\n');
  const rootEnd = Math.max(
    ...[...spans]
      .filter(([path]) => (JSON.parse(path) as unknown[]).length === 1)
      .map(([, [, end]]) => end),
  );
  const regions = changes.map(({ path }): readonly [number, number] => {
    const parent = path.slice(0, -1);
    const [, filled] = follow(before, after, parent);
    // An emptied parent says so in its own line.
    const isEmptied = isObject(filled) && Object.keys(filled).length === 0;
    const touched = isEmptied ? parent : path;
    for (let depth = touched.length; depth > 0; depth -= 1) {
      const span = spans.get(JSON.stringify(touched.slice(0, depth)));
      if (span !== undefined) return span;
    }
    return touched.length === 0 ? [0, lines.length] : [rootEnd, rootEnd];
  });
  const start = Math.min(...regions.map(([from]) => from));
  const end = Math.max(...regions.map(([, to]) => to));
  return { head: lines.slice(0, start), tail: lines.slice(end) };
}
