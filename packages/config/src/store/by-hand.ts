import { applyToPieces, inverse } from '../history/delta.ts';
import type { History } from '../history/history.ts';
import { BY_HAND, type HistoryRecord } from '../history/record.ts';
import type { Recorder } from '../history/recorder.ts';
import { writeAsCopy, type RecoveryOptions } from '../history/recovery.ts';
import { compareSave, type StaleSave } from '../merge/stale-save.ts';
import { contentOf, type Content } from './content.ts';
import type { State } from './state.ts';

export interface ByHand {
  /** Saves that were made from older versions: they have to be put right. */
  readonly stale: readonly StaleSave[];
  /** Undefined where there was nothing to record. */
  readonly record?: HistoryRecord;
  /** What went wrong once all was recorded. */
  readonly fault?: unknown;
}

/** Records what somebody saved by hand. Runs under the lock. */
export async function recordByHand(
  options: Pick<RecoveryOptions, 'history' | 'now' | 'onRejected'>,
  recorder: Recorder,
  { contents, config: { revision } }: State,
): Promise<ByHand> {
  const { history, now, onRejected } = options;
  const files = await recorder.compare(contents, revision);
  const stale = await leftStale(history, recorder);
  if (files.length === 0) return { stale };
  const contested = new Map<string, Content>();
  for (const file of files) {
    const newest = recorder.recorded(file);
    const saved = contents.get(file);
    if (newest === undefined || saved === undefined) continue;
    const save = { file, newest, number: recorder.number(), saved, time: now() };
    const found = await compareSave(history, save);
    if (found.stale !== undefined) stale.push(found.stale);
    if (found.isContested) contested.set(file, newest);
  }
  const changes = new Map(files.map((file) => [file, contents.get(file)]));
  const author = { by: BY_HAND, what: `edit ${files.join(', ')}` };
  const record = {
    ...recorder.next(author, changes, revision),
    ...(stale.length === 0 ? {} : { stale: stale.map(({ file }) => file) }),
  };
  await history.add(record);
  recorder.note(record, changes);
  try {
    for (const [file, content] of changes) {
      if (content !== undefined) await writeAsCopy(options, file, content);
    }
    for (const [file, newest] of contested) {
      onRejected(file, await history.keepRejected(file, newest, now()));
    }
    return { stale, record };
  } catch (fault) {
    return { stale, record, fault };
  }
}

/** Stale saves that were recorded by a process that ended before it had put them right. */
async function leftStale(history: History, recorder: Recorder): Promise<StaleSave[]> {
  const number = recorder.number();
  if (number === 0) return [];
  const { files, stale = [], time } = await history.read(number);
  const left: StaleSave[] = [];
  for (const { file, splices } of files) {
    const saved = recorder.recorded(file);
    if (!stale.includes(file) || saved === undefined || splices === null) continue;
    const bytes = Buffer.concat(applyToPieces(saved.pieces(), inverse(splices)));
    const newest = contentOf(file, bytes, saved);
    const save = { file, newest, number: number - 1, saved, time: new Date(time) };
    const found = await compareSave(history, save);
    if (found.stale !== undefined) left.push(found.stale);
  }
  return left;
}
