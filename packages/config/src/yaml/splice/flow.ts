import { insert, insertLines, remove, type Draft, type Plan } from './draft.ts';
import { lineEnd, lineStart, skipComments, startsItsLine } from './lines.ts';
import type { Collection, Entry } from './nodes.ts';

/**
 * Takes entries out of a flow mapping or sequence of which some stay, and puts new ones in, with the
 * commas that are needed. Where entries have lines of their own, new ones get theirs.
 */
export function editFlow(draft: Draft, { entries }: Collection, plan: Plan): void {
  const isKept = (entry: Entry): boolean => !plan.removed.has(entry);
  const firstKept = entries.findIndex(isKept);
  const lastKept = entries.findLastIndex(isKept);
  const last = entries.at(-1);
  // When the last entries go, the comma in front of them goes too, unless one stood behind them.
  const dropsComma =
    last !== undefined && !isKept(last) && commaAfter(draft, last.value.end) === undefined;

  for (const [index, entry] of entries.entries()) {
    const comma = commaAfter(draft, entry.value.end);
    if (!isKept(entry)) removeEntry(draft, entry, comma, index > firstKept);
    else if (index === lastKept && dropsComma && comma !== undefined) {
      remove(draft, comma, comma + 1);
    }
  }
  for (const [index, texts] of plan.added) {
    const previous = entries.findLastIndex((entry, at) => at < index && isKept(entry));
    const neighbour = entries[previous] ?? entries[firstKept];
    if (neighbour === undefined) continue;
    if (previous === -1) addBefore(draft, neighbour, texts);
    else addAfter(draft, neighbour, texts, previous === lastKept && dropsComma);
  }
}

function removeEntry(
  draft: Draft,
  entry: Entry,
  comma: number | undefined,
  hasNeighbourBefore: boolean,
): void {
  const { text } = draft;
  const end = comma === undefined ? entry.value.end : comma + 1;
  const startsLine = startsItsLine(text, entry.start);
  if (startsLine && endsItsLine(text, end)) {
    remove(draft, lineStart(text, entry.start), lineEnd(text, end));
  } else if (hasNeighbourBefore && !startsLine) {
    remove(draft, text.slice(0, entry.start).trimEnd().length, end);
  } else {
    remove(draft, entry.start, end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0));
  }
}

function addBefore(draft: Draft, { start }: Entry, texts: readonly string[]): void {
  const startsLine = startsItsLine(draft.text, start);
  const separator = startsLine ? `,${draft.lineEnd}${indentOf(draft, start)}` : ', ';
  insert(draft, start, texts.join(separator) + separator);
}

function addAfter(draft: Draft, entry: Entry, texts: readonly string[], losesComma: boolean): void {
  const { text } = draft;
  const { end } = entry.value;
  const comma = commaAfter(draft, end);
  const behind = comma === undefined ? end : comma + 1;
  if (!startsItsLine(text, entry.start) || !endsItsLine(text, behind)) {
    insert(draft, end, `, ${texts.join(', ')}`);
    return;
  }
  const hasComma = comma !== undefined && !losesComma;
  if (!hasComma) insert(draft, end, ',');
  const indent = indentOf(draft, entry.start);
  const lines = texts.map((added) => indent + added).join(`,${draft.lineEnd}`);
  insertLines(draft, lineEnd(text, behind), hasComma ? `${lines},` : lines);
}

function indentOf({ text }: Draft, offset: number): string {
  return text.slice(lineStart(text, offset), offset);
}

function commaAfter({ text }: Draft, offset: number): number | undefined {
  const at = skipComments(text, offset);
  return text[at] === ',' ? at : undefined;
}

/** Whether nothing but a comment follows in the line. */
function endsItsLine(text: string, offset: number): boolean {
  return /^(?:#|$)/.test(text.slice(offset, lineEnd(text, offset)).trim());
}
