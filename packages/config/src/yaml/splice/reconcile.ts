import { editBlock } from './block.ts';
import { compare } from './compare.ts';
import type { Draft, Place } from './draft.ts';
import { editFlow } from './flow.ts';
import { sameJson, type Json } from '../json.ts';
import type { Node } from './nodes.ts';
import { replaceNode } from './replace.ts';

/** Notes down the edits that make a node say `after` instead of `before`: as few as can be. */
export function reconcile(
  draft: Draft,
  node: Node,
  place: Place | undefined,
  before: Json,
  after: Json,
): void {
  if (sameJson(before, after)) return;
  const mayStay = node.kind !== 'scalar' && node !== draft.afresh;
  const difference = mayStay ? compare(draft, node, before, after) : undefined;
  if (!mayStay || difference === undefined) {
    replaceNode(draft, node, place, before, after);
    return;
  }
  for (const { entry, old, young } of difference.kept) {
    reconcile(draft, entry.value, { parent: node, entry }, old, young);
  }
  if (difference.removed.size === 0 && difference.added.size === 0) return;
  if (node.flow) editFlow(draft, node, difference);
  else editBlock(draft, node, place, difference);
}
