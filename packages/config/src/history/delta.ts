import { isSameEntry, textOf, type Entry } from '../yaml/entries.ts';
import type { Content } from '../store/content.ts';

/** A part of a file that changed. Places are bytes in the file as it was before. */
export interface Splice {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
  /** The key of the entry this is the whole of. */
  readonly entry?: string;
  /** What this is the whole of, where it stands before or behind all entries. */
  readonly part?: 'head' | 'tail';
}

/**
 * What has to be done to one content to get the other, in the order of places. Entries that both have
 * cost nothing but a comparison, so that a change among 100,000 users is as small as it is among ten.
 * Both contents are UTF-8 text; undefined is a file that there is not.
 */
export function deltaOf(before: Content | undefined, after: Content | undefined): Splice[] {
  if (before?.cut === undefined || after?.cut === undefined) {
    return textDelta(0, before?.text() ?? '', after?.text() ?? '');
  }
  const { head, tail } = before.cut;
  const splices = textDelta(0, head.toString(), after.cut.head.toString(), 'head');
  let at = head.length;
  for (const [old, fresh] of aligned(before.cut.entries, after.cut.entries)) {
    if (old === undefined || fresh === undefined || !isSameEntry(old, fresh)) {
      const removed = old === undefined ? '' : textOf(old);
      const inserted = fresh === undefined ? '' : textOf(fresh);
      splices.push({ at, removed, inserted, entry: (old ?? fresh)?.key ?? '' });
    }
    at += old === undefined ? 0 : old.end - old.start;
  }
  return [...splices, ...textDelta(at, tail.toString(), after.cut.tail.toString(), 'tail')];
}

/** Does what the splices say. Throws where the bytes are not those the splices were made for. */
export function applyDelta(bytes: Buffer, splices: readonly Splice[]): Buffer {
  return Buffer.concat(applyToPieces([bytes], splices));
}

/**
 * Like `applyDelta`, on bytes that lie in several places of memory, and without copying what stays: a
 * thousand changes of 50 MB can be done, or undone, one after another.
 */
export function applyToPieces(pieces: readonly Buffer[], splices: readonly Splice[]): Buffer[] {
  const result: Buffer[] = [];
  const rest = createPieceReader(pieces);
  let from = 0;
  for (const { at, removed, inserted } of splices) {
    const old = Buffer.from(removed);
    const stays = at < from ? undefined : rest.take(at - from);
    const went = stays && rest.take(old.length);
    if (stays === undefined || went === undefined || !Buffer.concat(went).equals(old)) {
      throw new Error(`These are not the bytes that were changed at ${at}`);
    }
    result.push(...stays);
    if (inserted !== '') result.push(Buffer.from(inserted));
    from = at + old.length;
  }
  return [...result, ...rest.remaining()];
}

interface PieceReader {
  /** The next bytes; undefined where there are not so many. */
  take(count: number): Buffer[] | undefined;
  remaining(): Buffer[];
}

function createPieceReader(pieces: readonly Buffer[]): PieceReader {
  let index = 0;
  let offset = 0;
  return {
    take: (count) => {
      const taken: Buffer[] = [];
      let left = count;
      while (left > 0) {
        const piece = pieces[index];
        if (piece === undefined) return undefined;
        const part = piece.subarray(offset, offset + left);
        taken.push(part);
        left -= part.length;
        offset += part.length;
        if (offset < piece.length) continue;
        index += 1;
        offset = 0;
      }
      return taken;
    },
    remaining: () => {
      const [first, ...others] = pieces.slice(index);
      return first === undefined ? [] : [first.subarray(offset), ...others];
    },
  };
}

/** The splices that lead back. */
export function inverse(splices: readonly Splice[]): Splice[] {
  let shift = 0;
  return splices.map((splice) => {
    const { at, removed, inserted } = splice;
    const back = { ...splice, at: at + shift, removed: inserted, inserted: removed };
    shift += Buffer.byteLength(inserted) - Buffer.byteLength(removed);
    return back;
  });
}

function textDelta(
  at: number,
  removed: string,
  inserted: string,
  part?: 'head' | 'tail',
): Splice[] {
  if (removed === inserted) return [];
  return [{ at, removed, inserted, ...(part === undefined ? {} : { part }) }];
}

/**
 * Pairs old and new entries in the order of the file. One that only one side has, or that has changed
 * its place, stands alone.
 */
function* aligned(
  before: readonly Entry[],
  after: readonly Entry[],
): Iterable<[old: Entry | undefined, fresh: Entry | undefined]> {
  let from = 0;
  while (from < before.length && before[from]?.key === after[from]?.key) {
    yield [before[from], after[from]];
    from += 1;
  }
  const left = new Set(before.slice(from).map(({ key }) => key));
  const coming = new Set(after.slice(from).map(({ key }) => key));
  let old = from;
  let fresh = from;
  while (old < before.length || fresh < after.length) {
    const one = before[old];
    const other = after[fresh];
    if (one !== undefined && one.key === other?.key) {
      yield [one, other];
      old += 1;
      fresh += 1;
    } else if (
      one !== undefined &&
      (!coming.has(one.key) || other === undefined || left.has(other.key))
    ) {
      yield [one, undefined];
      coming.delete(one.key);
      old += 1;
    } else {
      yield [undefined, other];
      fresh += 1;
    }
  }
}
