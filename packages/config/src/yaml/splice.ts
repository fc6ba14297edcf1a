import { constructFromEvents, CORE_SCHEMA, load, parseEvents, YAMLException } from 'js-yaml';
import { finished, type Draft } from './splice/draft.ts';
import { isObject, sameJson, valueOf, withValue, type Json } from './json.ts';
import { columnOf } from './splice/lines.ts';
import { nodesOf, type Node } from './splice/nodes.ts';
import { reconcile } from './splice/reconcile.ts';
import type { Manner } from './splice/write.ts';

export interface Change {
  /** Keys from the root of the text's document. */
  readonly path: readonly string[];
  /** What is to stand there; undefined takes the key away, if it is there. */
  readonly value: Json | undefined;
}

/**
 * Applies changes, in order, to a YAML text: a whole file, or the lines of one entry of a file, which
 * may be indented as a whole. Only what says something else afterwards is written anew: comments,
 * order, blank lines, quotes and indentation of everything else stay byte for byte. The result is
 * read back before it is returned; a form of YAML that cannot be edited in place costs the comments
 * inside the smallest value that can be written anew.
 *
 * The text must be valid, and parents of a path mappings, empty, or missing.
 */
export function spliceYaml(text: string, changes: readonly Change[]): string {
  const events = parseEvents(text, {});
  const root = nodesOf(text, events);
  const [before = null] = constructFromEvents(events, {
    source: text,
    schema: CORE_SCHEMA,
  }) as Json[];
  const after = changes.reduce<Json>(
    (whole, { path, value }) => withValue(whole, path, value),
    before,
  );
  if (sameJson(before, after)) return text;

  const spliced = attempt(text, root, before, after, undefined);
  if (spliced !== undefined) return spliced;
  // One by one, so that only what stands in the way of its own change is written anew.
  const smallest = changesBetween(before, after);
  if (smallest.length > 1) return smallest.reduce((all, change) => spliceYaml(all, [change]), text);
  const path = smallest[0]?.path ?? [];
  for (const node of nodesOn(root, path).toReversed()) {
    const rewritten = attempt(text, root, before, after, node);
    if (rewritten !== undefined) return rewritten;
  }
  throw new Error(`No way was found to write ${path.join('.')} so that it reads back.`);
}

/** The changed text, if it reads back. */
function attempt(
  text: string,
  root: Node,
  before: Json,
  after: Json,
  afresh: Node | undefined,
): string | undefined {
  const draft: Draft = { text, ...mannerOf(text, root), afresh, edits: [] };
  reconcile(draft, root, undefined, before, after);
  const spliced = finished(draft);
  return spliced === undefined || !readsBack(spliced, after) ? undefined : spliced;
}

/** js-yaml has the last word: it is what the configuration is loaded with. */
function readsBack(text: string, value: Json): boolean {
  try {
    return sameJson(load(text, { schema: CORE_SCHEMA }) as Json, value);
  } catch (error) {
    if (error instanceof YAMLException) return false;
    throw error;
  }
}

/** The smallest changes that lead from one value to the other. */
export function changesBetween(before: Json, after: Json): Change[] {
  const changes: Change[] = [];
  const compare = (
    old: Json | undefined,
    young: Json | undefined,
    path: readonly string[],
  ): void => {
    if (!isObject(old) || !isObject(young)) {
      if (!sameJson(old, young)) changes.push({ path, value: young });
      return;
    }
    for (const name of Object.keys(old)) {
      const value = valueOf(young, name);
      if (old[name] !== value) compare(old[name], value, [...path, name]);
    }
    for (const name of Object.keys(young)) {
      if (!Object.hasOwn(old, name)) compare(undefined, young[name], [...path, name]);
    }
  };
  compare(before, after, []);
  return changes;
}

/** The root and what stands on the path, as far as it is there. */
function nodesOn(node: Node, [name, ...rest]: readonly string[]): Node[] {
  const entry =
    node.kind === 'mapping' ? node.entries.find((each) => each.name === name) : undefined;
  return entry === undefined ? [node] : [node, ...nodesOn(entry.value, rest)];
}

/** What new text has to look like: as what is there. */
function mannerOf(text: string, root: Node): Manner {
  return { lineEnd: /\r?\n/.exec(text)?.[0] ?? '\n', step: stepOf(text, root) ?? DEFAULT_STEP };
}

const DEFAULT_STEP = 2;

/** How deep the first mapping or list in lines is indented below its key. */
function stepOf(text: string, node: Node): number | undefined {
  if (node.kind === 'scalar' || node.flow) return undefined;
  for (const { start, value } of node.entries) {
    const isInLines = node.kind === 'mapping' && value.kind !== 'scalar' && !value.flow;
    const step = isInLines ? columnOf(text, value.start) - columnOf(text, start) : 0;
    const found = step > 0 ? step : stepOf(text, value);
    if (found !== undefined) return found;
  }
  return undefined;
}
