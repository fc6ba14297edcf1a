import { Problem } from '@berth/contract';
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
  const spanOf = (entry: string): Span =>
    entrySpan(text, parsed.locate([section, entry], 'key'), section);
  if (keys.includes(key)) {
    const { start, end } = spanOf(key);
    return text.slice(0, start) + rewritten(text.slice(start, end), key, change) + text.slice(end);
  }

  const last = keys.at(-1);
  if (last !== undefined) {
    const { end, indent } = spanOf(last);
    const added = rewritten(`${' '.repeat(indent)}${key}: {}\n`, key, change);
    return text.slice(0, end) + added + text.slice(end);
  }
  // An empty section is written `users: {}`; the entry goes where its value was.
  const { start } = entrySpan(text, parsed.locate([section], 'key'), section);
  const end = lineEndAfter(text, text.indexOf('}', parsed.locate([section])));
  const added = rewritten(`  ${key}: {}\n`, key, change);
  return `${text.slice(0, start)}${section}:\n${added}${text.slice(end)}`;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly indent: number;
}

/** From the start of the key's line to the end of the last line that is indented deeper. */
function entrySpan(text: string, keyOffset: number, section: string): Span {
  const start = text.lastIndexOf('\n', keyOffset) + 1;
  const indent = keyOffset - start;
  if (text.slice(start, keyOffset).trim() !== '') {
    throw new Problem(
      'conflict',
      `The ${section} are written in a form that commands cannot edit. Write each entry of ${section} on a line of its own, indented below "${section}:".`,
    );
  }
  let end = lineEndAfter(text, start);
  for (let next = end; next < text.length;) {
    const lineEnd = lineEndAfter(text, next);
    const line = text.slice(next, lineEnd);
    const isDeeper = line.search(/\S/) > indent;
    // Blank lines, and comments no deeper than the key, belong to what follows them.
    if (!isDeeper && !/^\s*(#|$)/.test(line)) break;
    if (isDeeper) end = lineEnd;
    next = lineEnd;
  }
  return { start, end, indent };
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
