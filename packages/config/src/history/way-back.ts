import { Problem } from '@berth/contract';
import { commandLine } from '../command-line.ts';
import { revisionOf, type Contents } from '../store/state.ts';
import type { History } from './history.ts';
import { makerOf, timeOf, type HistoryRecord } from './record.ts';

/** The files that do not load, and what is known of them from before. */
export interface Present {
  readonly directory: string;
  readonly history: Pick<History, 'numbers' | 'read'>;
  readonly live: Pick<Contents, 'get' | 'keys'>;
}

/**
 * Adds to what is wrong with the files how to get back to the last version that was valid; without a
 * history, how to get the files that are missing.
 */
export async function withWayBack<T>(load: () => T, present: Present): Promise<T> {
  try {
    return load();
  } catch (error) {
    throw error instanceof Problem ? await explained(error, present) : error;
  }
}

async function explained(
  problem: Problem,
  { directory, history, live }: Present,
): Promise<Problem> {
  const record = await newestRecord(history);
  const { code, message, details, cause } = problem;
  if (record === undefined) {
    if (!('missing' in details)) return problem;
    const init = `To make a new configuration: ${commandLine(directory, 'init')}`;
    return new Problem(code, `${message} ${init}`, { details, cause });
  }
  // The files are that version: the programs have become stricter.
  if (record.revision === revisionOf(live)) return problem;
  const { number, time, by, what } = record;
  const version = `The last version that was valid is number ${number}, of ${timeOf(record)} ${makerOf(record)} (${what}).`;
  const command = `To go back to it: ${commandLine(directory, 'history', 'restore', String(number))}`;
  return new Problem(code, `${message}\n${version} ${command}`, {
    details: { ...details, last_valid: { number, time, by, what } },
    cause,
  });
}

/** Undefined also where it cannot be read: what is wrong with the files is told all the same. */
async function newestRecord(history: Present['history']): Promise<HistoryRecord | undefined> {
  try {
    const last = (await history.numbers()).at(-1);
    return last === undefined ? undefined : await history.read(last);
  } catch {
    return undefined;
  }
}
