import { lineStart } from './lines.ts';
import type { Collection, Entry, Node } from './nodes.ts';
import type { Manner } from './write.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text and what is to be changed in it. Offsets are those of the text as it was. */
export interface Draft extends Manner {
  readonly text: string;
  /** Is written anew as a whole, with nothing of how it was written. */
  readonly afresh: Node | undefined;
  readonly edits: Edit[];
}

/** Where a node stands; the root of a document stands nowhere. */
export interface Place {
  readonly parent: Collection;
  readonly entry: Entry;
}

/** What becomes of a collection's entries. */
export interface Plan {
  readonly removed: ReadonlySet<Entry>;
  /** New entries, written, by the index of the old entry that they go in front of. */
  readonly added: ReadonlyMap<number, readonly string[]>;
}

export function replace(draft: Draft, start: number, end: number, text: string): void {
  draft.edits.push({ start, end, text });
}

export function remove(draft: Draft, start: number, end: number): void {
  replace(draft, start, end, '');
}

export function insert(draft: Draft, offset: number, text: string): void {
  replace(draft, offset, offset, text);
}

/** Puts whole lines below the line that ends at the offset. */
export function insertLines(draft: Draft, offset: number, lines: string): void {
  const isBelowBreak = offset === 0 || draft.text[offset - 1] === '\n';
  insert(draft, offset, isBelowBreak ? lines + draft.lineEnd : draft.lineEnd + lines);
}

/** Whether a node starts below the line of the key or dash that it belongs to. */
export function startsBelow({ text }: Draft, node: Node, { entry }: Place): boolean {
  return lineStart(text, node.start) > entry.after;
}

/** The text with all edits done; undefined where they are at odds with each other. */
export function finished({ text, edits }: Draft): string | undefined {
  const parts: string[] = [];
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < done) return undefined;
    parts.push(text.slice(done, edit.start), edit.text);
    done = edit.end;
  }
  return parts.join('') + text.slice(done);
}
