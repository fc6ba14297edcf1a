import {
  insert,
  insertLines,
  remove,
  replace,
  startsBelow,
  type Draft,
  type Place,
  type Plan,
} from './draft.ts';
import {
  columnOf,
  endWithComments,
  isBlank,
  lineEnd,
  lineStart,
  startsItsLine,
  withoutBreak,
} from './lines.ts';
import type { Collection, Entry } from './nodes.ts';

/**
 * Takes entries out of a block mapping or sequence, and puts new ones in. Entries go with their own
 * lines; comments above them stay.
 */
export function editBlock(
  draft: Draft,
  node: Collection,
  place: Place | undefined,
  plan: Plan,
): void {
  const isKept = (entry: Entry): boolean => !plan.removed.has(entry);
  if (plan.added.size === 0 && !node.entries.some(isKept)) {
    empty(draft, node, place);
    return;
  }
  const top = newTop(draft, node, isKept);
  if (top > 0) remove(draft, node.start, node.entries[top]?.start ?? node.end);
  for (const [index, entry] of node.entries.entries()) {
    if (index < top || isKept(entry)) continue;
    if (startsItsLine(draft.text, entry.start)) removeOwnLines(draft, entry);
    else removeBehindDash(draft, entry);
  }
  for (const [index, texts] of plan.added) {
    addEntries(draft, node, place, index <= top ? 0 : index, texts);
  }
}

/**
 * The index of the entry that moves up behind the dash when the entries that start there go; 0 where
 * they do not, or a comment is in the way.
 */
function newTop(
  draft: Draft,
  { entries, start }: Collection,
  isKept: (entry: Entry) => boolean,
): number {
  const { text } = draft;
  const top = entries.findIndex(isKept);
  if (top < 1 || startsItsLine(text, start)) return 0;
  const hasNoComments = entries
    .slice(0, top)
    .every((entry, index) => isBlank(text, endOf(draft, entry), entries[index + 1]?.start ?? 0));
  return hasNoComments ? top : 0;
}

/** Comments between the entries stay: the brackets stand with the key, or in the first line. */
function empty(draft: Draft, node: Collection, place: Place | undefined): void {
  const { text } = draft;
  const brackets = node.kind === 'mapping' ? '{}' : '[]';
  const isBelow = place !== undefined && startsBelow(draft, node, place);
  if (isBelow) insert(draft, place.entry.after, ` ${brackets}`);
  for (const [index, entry] of node.entries.entries()) {
    if (isBelow || index > 0) removeOwnLines(draft, entry);
    else replace(draft, entry.start, withoutBreak(text, endOf(draft, entry)), brackets);
  }
}

function removeOwnLines(draft: Draft, entry: Entry): void {
  remove(draft, lineStart(draft.text, entry.start), endOf(draft, entry));
}

/** Comments below it stay in front of the next entry. */
function removeBehindDash(draft: Draft, entry: Entry): void {
  const { text } = draft;
  const dashEnd = text.slice(0, entry.start).trimEnd().length;
  remove(draft, dashEnd, withoutBreak(text, endOf(draft, entry)));
}

/** Puts new entries in front of the one with this index. */
function addEntries(
  draft: Draft,
  node: Collection,
  place: Place | undefined,
  index: number,
  texts: readonly string[],
): void {
  const { text } = draft;
  const column = columnOf(text, node.start);
  const indent = ' '.repeat(column);
  const lines = texts.join(draft.lineEnd + indent);
  const previous = node.entries[index - 1];
  if (previous !== undefined) {
    // Behind the last entry, comments that are indented as the entries are belong to them.
    const isLast = index === node.entries.length;
    const limit = isLast && place !== undefined ? columnOf(text, place.entry.start) : column;
    insertLines(draft, endWithComments(text, previous.value.end, limit), indent + lines);
  } else if (place !== undefined && startsBelow(draft, node, place)) {
    insertLines(draft, lineEnd(text, place.entry.after), indent + lines);
  } else {
    insert(draft, node.start, lines + draft.lineEnd + indent);
  }
}

/** The start of the line below the entry and the comments that are its own. */
function endOf({ text }: Draft, entry: Entry): number {
  return endWithComments(text, entry.value.end, columnOf(text, entry.start));
}
