import {
  insert,
  insertLines,
  remove,
  replace,
  startsBelow,
  type Draft,
  type Place,
} from './draft.ts';
import { isObject, type Json } from '../json.ts';
import { columnOf, lineEnd, lineStart, withoutBreak } from './lines.ts';
import type { Node, Scalar } from './nodes.ts';
import { literalLines, rewriteScalar } from './scalars.ts';
import { fitsLine, isFilled, writeBlock, writeFlow } from './write.ts';

/** Writes something else in a node's place. Comments inside it are lost; those around it stay. */
export function replaceNode(
  draft: Draft,
  node: Node,
  place: Place | undefined,
  before: Json,
  after: Json,
): void {
  const inFlow = place?.parent.flow === true;
  if (node.kind === 'scalar' && !isStructure(after) && node !== draft.afresh) {
    if (replaceLiteral(draft, node, after)) return;
    const text = rewriteScalar(after, node, typeof before === 'string', inFlow);
    replaceInline(draft, node, place, text);
  } else if (inFlow || staysInline(draft, node, place, after)) {
    replaceInline(draft, node, place, writeFlow(after));
  } else if (place === undefined) {
    const block = writeBlock(after, columnOf(draft.text, node.start), draft);
    if (node.start === node.end) insertLines(draft, node.start, block);
    else replace(draft, node.start, node.end, block);
  } else replaceWithLines(draft, node, place, after);
}

function isStructure(value: Json): value is Json[] | Record<string, Json> {
  return typeof value === 'object' && value !== null;
}

function staysInline({ text }: Draft, node: Node, place: Place | undefined, after: Json): boolean {
  if (!isFilled(after)) return true;
  const isSameKind =
    (node.kind === 'mapping' && isObject(after)) ||
    (node.kind === 'sequence' && Array.isArray(after));
  if (isSameKind && node.entries.length > 0) return node.flow;
  return place !== undefined && fitsLine(after, columnOf(text, place.entry.after) + 1);
}

function replaceInline(draft: Draft, node: Node, place: Place | undefined, written: string): void {
  const { text } = draft;
  if (node.kind === 'scalar') {
    const { style, start, end } = node;
    if (style === 'none') {
      insert(draft, start, hasIndicator(draft, place) ? ` ${written}` : `: ${written}`);
    } else if (style === 'literal' || style === 'folded') {
      // A comment may stand behind the header.
      replace(draft, start, start + headerOf(draft, node).length, written);
      remove(draft, lineEnd(text, start), lineEnd(text, end));
    } else replace(draft, start, end, written);
  } else if (!node.flow && place !== undefined && startsBelow(draft, node, place)) {
    insert(draft, place.entry.after, ` ${written}`);
    remove(draft, lineStart(text, node.start), lineEnd(text, node.end));
  } else replace(draft, node.start, node.end, written);
}

function replaceWithLines(draft: Draft, node: Node, place: Place, after: Json): void {
  const { text } = draft;
  const column = columnOf(text, place.entry.start) + draft.step;
  const lines = ' '.repeat(column) + writeBlock(after, column, draft);
  const end = lineEnd(text, node.end);
  if (startsBelow(draft, node, place)) {
    replace(draft, lineStart(text, node.start), withoutBreak(text, end), lines);
  } else {
    remove(draft, place.entry.after, node.end);
    insertLines(draft, end, lines);
  }
}

/** Whether it did: a literal text stays one, where its header can say how the new text ends. */
function replaceLiteral(draft: Draft, node: Scalar, after: Json): boolean {
  const { text } = draft;
  if (node.style !== 'literal' || typeof after !== 'string') return false;
  const lines = literalLines(after, headerOf(draft, node), node.indent);
  if (lines === undefined) return false;
  replace(draft, lineEnd(text, node.start), node.end, lines.join(draft.lineEnd));
  return true;
}

function headerOf({ text }: Draft, { start, end }: Scalar): string {
  return /^.[-+0-9]*/.exec(text.slice(start, end))?.[0] ?? '';
}

/** `{key}` means null, without a colon. */
function hasIndicator({ text }: Draft, place: Place | undefined): boolean {
  return place?.parent.kind !== 'mapping' || text[place.entry.after - 1] === ':';
}
