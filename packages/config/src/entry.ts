import { parseDocument } from 'yaml';
import type { ParsedYaml } from './yaml.ts';

/** Sets what stands at a path inside the entry; the empty path is the entry itself. */
export type EntryChange = (set: (path: readonly string[], value: unknown) => void) => void;

/**
 * Changes one entry of a top-level mapping (`users:` of `users.yaml`) and leaves every byte outside
 * that entry as it was; inside it, comments and order stay. An entry that is missing is added at the
 * end of the mapping.
 */
export function editEntry(
  text: string,
  parsed: ParsedYaml,
  section: string,
  key: string,
  change: EntryChange,
): string {
  const entries = (parsed.value as Record<string, Record<string, unknown>>)[section] ?? {};
  const keys = Object.keys(entries);
  if (keys.includes(key)) {
    const { start, end } = entrySpan(text, parsed.locate([section, key], 'key'));
    return text.slice(0, start) + rewritten(text.slice(start, end), key, change) + text.slice(end);
  }

  const added = rewritten(`  ${key}: {}\n`, key, change);
  const last = keys.at(-1);
  if (last !== undefined) {
    const { end } = entrySpan(text, parsed.locate([section, last], 'key'));
    return text.slice(0, end) + added + text.slice(end);
  }
  // An empty section is written `users: {}` or `users:`; the entry goes where its value was.
  const sectionKey = parsed.locate([section], 'key');
  const lineEnd = text.indexOf('\n', sectionKey);
  return `${text.slice(0, sectionKey)}${section}:\n${added}${text.slice(lineEnd + 1)}`;
}

/** From the start of the key's line to the end of the last line that is indented deeper. */
function entrySpan(text: string, keyOffset: number): { start: number; end: number } {
  const start = text.lastIndexOf('\n', keyOffset) + 1;
  const indent = keyOffset - start;
  let end = lineEndAfter(text, start);
  for (let next = end; next < text.length;) {
    const lineEnd = lineEndAfter(text, next);
    const line = text.slice(next, lineEnd);
    const isBlank = line.trim() === '';
    if (!isBlank && line.search(/\S/) <= indent) break;
    // Blank lines behind the entry belong to what follows.
    if (!isBlank) end = lineEnd;
    next = lineEnd;
  }
  return { start, end };
}

function lineEndAfter(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

function rewritten(entryText: string, key: string, change: EntryChange): string {
  const indent = ' '.repeat(entryText.search(/\S/));
  const document = parseDocument(entryText);
  change((path, value) => {
    document.setIn([key, ...path], document.createNode(value));
  });
  const lines = document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
  return lines.replace(/^(?=.)/gm, indent) + '\n';
}
