import type { History } from '../history/history.ts';
import type { Recorder } from '../history/recorder.ts';
import { mergeStaleSave, type Merge } from '../history/stale-save.ts';
import type { State } from './state.ts';

export type Merges = ReadonlyMap<string, Merge>;

/**
 * Records what somebody saved by hand. Returns what has to be put right after that: files that were
 * saved from an older version, with what was newer in them. Runs under the lock.
 */
export async function recordByHand(
  history: History,
  recorder: Recorder,
  saved: State,
): Promise<Merges> {
  const { revision } = saved.config;
  const files = await recorder.compare(saved.contents, revision);
  if (files.length === 0) return new Map();
  const merges = await mergesOf(history, recorder, files, saved);
  const changes = new Map(files.map((file) => [file, saved.contents.get(file)]));
  const record = recorder.next(
    { by: 'by hand', what: `edit ${files.join(', ')}` },
    changes,
    revision,
  );
  await history.add(record);
  recorder.note(record, changes);
  for (const [file, content] of changes) {
    if (content !== undefined) await history.writeCopy(file, content);
  }
  return merges;
}

async function mergesOf(
  history: History,
  recorder: Recorder,
  files: readonly string[],
  { contents }: State,
): Promise<Merges> {
  const merges = new Map<string, Merge>();
  for (const file of files) {
    const newest = recorder.recorded(file);
    const saved = contents.get(file);
    if (newest === undefined || saved === undefined) continue;
    const merge = await mergeStaleSave(history, recorder.number(), file, newest, saved);
    if (merge !== undefined) merges.set(file, merge);
  }
  return merges;
}
