import { newlinesIn } from '../yaml/newlines.ts';
import { applyDelta, type Splice } from './delta.ts';

/** A part of a file that differs from one version to the next, with the lines around it. */
export interface Region {
  readonly before: string;
  readonly after: string;
  /** The lines above, of both versions: they can tell what the first lines belong to. */
  readonly above: string;
  /** Where it begins, counted from 1. */
  readonly lineBefore: number;
  readonly lineAfter: number;
}

/** So many lines above a region are told. */
const MOST_ABOVE = 100;

const NEWLINE = 10;

/**
 * The parts of a file that a delta changes, each with some lines around it. What is nearer to each
 * other than that is one part.
 *
 * @param bytes the file before
 */
export function* regionsOf(
  bytes: Buffer,
  splices: readonly Splice[],
  context: number,
): Iterable<Region> {
  let lineBefore = 1;
  let lineAfter = 1;
  let counted = 0;
  for (const { start, end, own } of spansOf(bytes, splices, context)) {
    const skipped = newlinesIn(bytes.subarray(counted, start));
    lineBefore += skipped;
    lineAfter += skipped;
    const old = bytes.subarray(start, end);
    const fresh = applyDelta(
      old,
      own.map((splice) => ({ ...splice, at: splice.at - start })),
    );
    const above = bytes.subarray(linesBack(bytes, start, MOST_ABOVE), start).toString();
    yield { before: old.toString(), after: fresh.toString(), above, lineBefore, lineAfter };
    lineBefore += newlinesIn(old);
    lineAfter += newlinesIn(fresh);
    counted = end;
  }
}

/** A part of the bytes, with the splices that lie in it. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly own: readonly Splice[];
}

function spansOf(bytes: Buffer, splices: readonly Splice[], context: number): Span[] {
  const spans: Span[] = [];
  for (const splice of splices) {
    const start = linesBack(bytes, splice.at, context);
    const end = linesOn(bytes, splice.at + Buffer.byteLength(splice.removed), context);
    const last = spans.at(-1);
    if (last === undefined || start > last.end) spans.push({ start, end, own: [splice] });
    else spans[spans.length - 1] = { start: last.start, end, own: [...last.own, splice] };
  }
  return spans;
}

/** Where the line begins that is so many lines above the one that `at` is in. */
function linesBack(bytes: Buffer, at: number, count: number): number {
  let start = startOfLine(bytes, at);
  for (let left = count; left > 0 && start > 0; left -= 1) start = startOfLine(bytes, start - 1);
  return start;
}

/** Where so many whole lines behind `at` end. */
function linesOn(bytes: Buffer, at: number, count: number): number {
  let end = startOfLine(bytes, at) === at ? at : endOfLine(bytes, at);
  for (let left = count; left > 0; left -= 1) end = endOfLine(bytes, end);
  return end;
}

const startOfLine = (bytes: Buffer, at: number): number =>
  at === 0 ? 0 : bytes.lastIndexOf(NEWLINE, at - 1) + 1;

function endOfLine(bytes: Buffer, from: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  return newline === -1 ? bytes.length : newline + 1;
}
