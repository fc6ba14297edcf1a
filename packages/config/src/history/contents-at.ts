import { Problem } from '@berth/contract';
import { contentOf, type Content } from '../store/content.ts';
import { revisionOf } from '../store/state.ts';
import { applyToPieces, inverse } from './delta.ts';
import type { History } from './history.ts';
import { timeOf, type FileChange, type HistoryRecord } from './record.ts';

/** A file on the way back through its changes. */
interface Undone {
  readonly pieces: readonly Buffer[];
  /** Null where there was no file. */
  readonly digest: string | null;
}

/**
 * All files exactly as a record left them: as they are recorded now, with every change since undone.
 * Throws `not_found` for a number that the history does not have, and where what it left is lost.
 *
 * @param recorded the newest recorded contents; undefined for one that is lost
 */
export async function contentsAt(
  history: History,
  recorded: ReadonlyMap<string, Content | undefined>,
  number: number,
): Promise<Map<string, Content>> {
  const newer = (await numbersWith(history, number)).filter((one) => one > number);
  const undone = new Map<string, Undone>();
  for (const later of newer.toReversed()) {
    const record = await history.read(later);
    for (const change of record.files) {
      const now = undone.get(change.file) ?? startOf(recorded, change.file, number);
      undone.set(change.file, undo(now, change, record, number));
    }
  }
  const contents = new Map<string, Content>();
  for (const file of new Set([...recorded.keys(), ...undone.keys()])) {
    const { pieces, digest } = undone.get(file) ?? startOf(recorded, file, number);
    if (digest === null) continue;
    const now = recorded.get(file);
    const content = digest === now?.digest ? now : contentOf(file, Buffer.concat(pieces), now);
    contents.set(file, content);
  }
  const { revision } = await history.read(number);
  if (revisionOf(contents) !== revision) throw damaged('a file', number);
  return contents;
}

/** All numbers, if this is one of them. */
async function numbersWith(history: History, number: number): Promise<number[]> {
  const numbers = await history.numbers();
  if (numbers.includes(number)) return numbers;
  const range =
    numbers.length === 0 ? 'it is empty' : `it goes from ${numbers[0]} to ${numbers.at(-1)}`;
  throw new Problem('not_found', `The history has no number ${number}: ${range}.`);
}

function startOf(
  recorded: ReadonlyMap<string, Content | undefined>,
  file: string,
  number: number,
): Undone {
  const content = recorded.get(file);
  if (content !== undefined) return { pieces: content.pieces(), digest: content.digest };
  if (!recorded.has(file)) return { pieces: [], digest: null };
  throw lost(number, `${file} is damaged, and so is its copy in the history.`);
}

function undo(
  { pieces, digest }: Undone,
  { file, before, after, splices }: FileChange,
  record: HistoryRecord,
  number: number,
): Undone {
  if (splices === null) {
    const since = `number ${record.number} (${timeOf(record)})`;
    throw lost(number, `the ${file} before ${since} is lost. That one and later ones can be had.`);
  }
  if (digest !== after) throw damaged(file, number);
  try {
    return { pieces: applyToPieces(pieces, inverse(splices)), digest: before };
  } catch (error) {
    throw damaged(file, number, error);
  }
}

const damaged = (file: string, number: number, cause?: unknown): Problem =>
  lost(number, `the history of ${file} is damaged. Later numbers may be whole.`, cause);

const lost = (number: number, why: string, cause?: unknown): Problem =>
  new Problem('not_found', `What number ${number} left cannot be had any more: ${why}`, { cause });
