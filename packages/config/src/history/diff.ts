import { structuredPatch, type StructuredPatchHunk } from 'diff';
import { printable } from '../issue.ts';
import type { Content } from '../store/content.ts';
import { deltaOf } from './delta.ts';
import { hideSecrets, linesOf } from './hide-secrets.ts';
import { regionsOf, type Region } from './regions.ts';

/** What is different in one file. */
export interface FileDiff {
  readonly file: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Counts of lines. */
  readonly added: number;
  readonly removed: number;
  /** In the unified format, without the two lines that name the files. */
  readonly lines: readonly string[];
  /** Whether a line shows `(hidden)` in the place of what could be a secret. */
  readonly isHiding: boolean;
}

/** Lines around a change. */
const CONTEXT = 3;

/** To compare more than that by lines takes longer than anybody reads. */
const MOST_CHARACTERS = 1_000_000;
const MOST_EDITS = 1000;

/**
 * Compares files by lines. Of large files only the surroundings of what differs are looked at.
 *
 * @param isRevealing shows hashes, tokens and all else that could be a secret
 */
export function diffContents(
  before: ReadonlyMap<string, Content>,
  after: ReadonlyMap<string, Content>,
  isRevealing: boolean,
): FileDiff[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((file) => {
    const old = before.get(file);
    const fresh = after.get(file);
    return old?.digest === fresh?.digest ? [] : [diffFile(file, old, fresh, isRevealing)];
  });
}

function diffFile(
  file: string,
  before: Content | undefined,
  after: Content | undefined,
  isRevealing: boolean,
): FileDiff {
  const diff = { added: 0, removed: 0, lines: [] as string[], isHiding: false };
  const bytes = Buffer.concat(before?.pieces() ?? []);
  for (const region of regionsOf(bytes, deltaOf(before, after), CONTEXT)) {
    const hiding: Shown = {
      before: hideSecrets(region.above, region.before),
      after: hideSecrets(region.above, region.after),
    };
    const plain: Shown = { before: linesOf(region.before), after: linesOf(region.after) };
    for (const hunk of hunksOf(region)) {
      diff.added += hunk.lines.filter((line) => line.startsWith('+')).length;
      diff.removed += hunk.lines.filter((line) => line.startsWith('-')).length;
      const lines = written(hunk, region, isRevealing ? plain : hiding);
      diff.isHiding ||=
        !isRevealing && lines.join('\n') !== written(hunk, region, plain).join('\n');
      diff.lines.push(...lines);
    }
  }
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return { file, change, ...diff };
}

/** The lines of a region as they are to be shown. */
interface Shown {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

type Hunk = Omit<StructuredPatchHunk, 'newlineAtEnd'>;

function hunksOf({ before, after }: Region): Hunk[] {
  const isSmall = before.length + after.length <= MOST_CHARACTERS;
  const options = { context: CONTEXT, maxEditLength: MOST_EDITS };
  const patch = isSmall ? structuredPatch('', '', before, after, '', '', options) : undefined;
  if (patch !== undefined) return patch.hunks;
  const old = linesOf(before).map((line) => `-${line}`);
  const fresh = linesOf(after).map((line) => `+${line}`);
  return [
    {
      oldStart: 1,
      oldLines: old.length,
      newStart: 1,
      newLines: fresh.length,
      lines: [...old, ...fresh],
    },
  ];
}

function written(hunk: Hunk, { lineBefore, lineAfter }: Region, shown: Shown): string[] {
  let old = hunk.oldStart - 1;
  let fresh = hunk.newStart - 1;
  const lines = hunk.lines.map((line) => {
    const sign = line.slice(0, 1);
    if (sign === '\\') return line;
    const text = sign === '+' ? shown.after[fresh] : shown.before[old];
    if (sign !== '+') old += 1;
    if (sign !== '-') fresh += 1;
    return `${sign}${printable(text ?? '')}`;
  });
  const oldRange = rangeOf(hunk.oldStart + lineBefore - 1, hunk.oldLines);
  const newRange = rangeOf(hunk.newStart + lineAfter - 1, hunk.newLines);
  return [`@@ -${oldRange} +${newRange} @@`, ...lines];
}

/** The format names the line before where there is none. */
const rangeOf = (start: number, count: number): string =>
  `${count === 0 ? start - 1 : start},${count}`;
