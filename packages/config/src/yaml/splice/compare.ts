import { align, LIKENESS, type Likeness } from './align.ts';
import type { Draft, Plan } from './draft.ts';
import { isObject, sameJson, valueOf, type Json, type JsonObject } from '../json.ts';
import { columnOf } from './lines.ts';
import type { Collection, Entry } from './nodes.ts';
import { blockEntry, blockItem, flowEntry, writeFlow } from './write.ts';

interface Kept {
  readonly entry: Entry;
  readonly old: Json;
  readonly young: Json;
}

interface Difference extends Plan {
  readonly kept: readonly Kept[];
}

/** What stays, goes and comes in a collection; undefined where it is better replaced as a whole. */
export function compare(
  draft: Draft,
  node: Collection,
  before: Json,
  after: Json,
): Difference | undefined {
  const difference =
    node.kind === 'mapping' && isObject(before) && isObject(after)
      ? compareMappings(draft, node, before, after)
      : node.kind === 'sequence' && Array.isArray(before) && Array.isArray(after)
        ? compareSequences(draft, node, before, after)
        : undefined;
  if (difference === undefined || difference.kept.length > 0) return difference;
  // Lines can all give way to others, between comments that stay; what stands in brackets cannot.
  return node.flow ? undefined : difference;
}

function compareMappings(
  draft: Draft,
  node: Collection,
  before: JsonObject,
  after: JsonObject,
): Difference {
  const kept: Kept[] = [];
  const names = new Set<string>();
  for (const entry of node.entries) {
    names.add(entry.name);
    const [old, young] = [valueOf(before, entry.name), valueOf(after, entry.name)];
    if (old !== undefined && young !== undefined) kept.push({ entry, old, young });
  }
  const column = columnOf(draft.text, node.start);
  const inLines = holdsMappingsInLines(node);
  const added = Object.entries(after)
    .filter(([name]) => !names.has(name))
    .map(([name, value]) =>
      node.flow ? flowEntry(name, value) : blockEntry(name, value, column, draft, inLines),
    );
  const end = node.entries.length;
  return {
    kept,
    removed: othersThan(kept, node),
    added: new Map(added.length > 0 ? [[end, added]] : []),
  };
}

/** Users and templates are written alike: the new one in lines, where the others are. */
function holdsMappingsInLines({ entries }: Collection): boolean {
  const isMapping = ({ value }: Entry): boolean => value.kind === 'mapping';
  const isInLines = ({ value }: Entry): boolean => value.kind === 'mapping' && !value.flow;
  return entries.every(isMapping) && entries.some(isInLines);
}

function compareSequences(
  draft: Draft,
  node: Collection,
  before: Json[],
  after: Json[],
): Difference {
  const kept: Kept[] = [];
  const added = new Map<number, string[]>();
  const column = columnOf(draft.text, node.start);
  const pairs = align(before, after, likenessOf);
  let pair = 0;
  for (const [index, young] of after.entries()) {
    const [oldIndex = node.entries.length, youngIndex] = pairs[pair] ?? [];
    if (index === youngIndex) {
      const [entry, old] = [node.entries[oldIndex], before[oldIndex]];
      if (entry !== undefined && old !== undefined) kept.push({ entry, old, young });
      pair += 1;
    } else {
      const text = node.flow ? writeFlow(young) : blockItem(young, column, draft);
      const texts = added.get(oldIndex);
      if (texts === undefined) added.set(oldIndex, [text]);
      else texts.push(text);
    }
  }
  return { kept, removed: othersThan(kept, node), added };
}

/** What says one thing alike is taken for the same thing, changed in the rest. */
function likenessOf(old: Json, young: Json): Likeness {
  if (sameJson(old, young)) return LIKENESS.same;
  const sharesSomething =
    Array.isArray(old) && Array.isArray(young)
      ? old.some((item) => young.some((other) => sameJson(item, other)))
      : isObject(old) &&
        isObject(young) &&
        Object.entries(old).some(([name, value]) => sameJson(value, valueOf(young, name)));
  return sharesSomething ? LIKENESS.partly : LIKENESS.none;
}

function othersThan(kept: readonly Kept[], { entries }: Collection): Set<Entry> {
  const entriesKept = new Set(kept.map(({ entry }) => entry));
  return new Set(entries.filter((entry) => !entriesKept.has(entry)));
}
