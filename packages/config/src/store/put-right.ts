import { Problem } from '@berth/contract';
import type { Author } from '../history/record.ts';
import { merge } from '../merge/merge.ts';
import type { StaleSave } from '../merge/stale-save.ts';
import type { Content } from './content.ts';
import type { Notice } from './notice.ts';
import type { Changes, NextState, State } from './state.ts';

export interface PutRightOptions {
  readonly nextState: NextState;
  readonly save: (author: Author, next: State, changes: Changes) => Promise<boolean>;
  readonly keepAside: (file: string, content: Content) => Promise<void>;
  readonly onNotice: (notice: Notice) => void;
}

/** What is to become of a stale save. */
interface Fate {
  readonly file: string;
  readonly content: Content;
  readonly conflicts: readonly string[];
  readonly kept: readonly string[];
  /**
   * The text that is kept aside: it had to give way, or it may have been meant to lock somebody out who
   * is in again.
   */
  readonly aside: Content | undefined;
}

/**
 * Brings what was newer back into files that somebody has saved from older versions, as one more
 * change. Returns what then stands; undefined, with nothing changed, where somebody has saved again.
 *
 * Where the two do not go together, what was newer stands and the hand's text is kept aside.
 */
export async function putRight(
  options: PutRightOptions,
  state: State,
  stale: readonly StaleSave[],
): Promise<State | undefined> {
  const { nextState, save, keepAside, onNotice } = options;
  const merged = stale.flatMap((one) => fateOf(one, state, true));
  const newer = stale.flatMap((one) => fateOf(one, state, false));
  for (const fates of [merged, newer]) {
    const changes = new Map(fates.map(({ file, content }) => [file, content]));
    const next = validOrUndefined(() => nextState(state, changes));
    if (next === undefined) continue;
    const what = `keep what was newer in ${fates.map(keptIn).join(', ')}`;
    if (changes.size > 0 && !(await save({ by: 'berthd', what }, next, changes))) return undefined;
    for (const { file, conflicts, kept, aside } of fates) {
      if (aside !== undefined) await keepAside(file, aside);
      onNotice({ kind: 'merged', file, conflicts, kept });
    }
    return next;
  }
  // Neither goes with what was saved by hand in other files: that stands, and nobody misses the rest.
  for (const { file, newest } of stale) await keepAside(file, newest);
  return state;
}

/** So many parts are named in the history. */
const MOST_NAMED = 3;

function keptIn({ file, kept }: Fate): string {
  const named = kept.slice(0, MOST_NAMED).join(', ');
  const more = kept.length > MOST_NAMED ? ` and ${kept.length - MOST_NAMED} more` : '';
  return `${file} (${named}${more})`;
}

/** None for a file that is gone. */
function fateOf(one: StaleSave, { contents }: State, isMerging: boolean): Fate[] {
  const { file, newest, opened } = one;
  const saved = contents.get(file);
  if (saved === undefined) return [];
  if (!isMerging) {
    const parts = [...opened.keys()];
    return [{ file, content: newest, conflicts: parts, kept: parts, aside: saved }];
  }
  const { admitted, ...fate } = merge(one, saved);
  const isAside = fate.conflicts.length > 0 || admitted.length > 0;
  return [{ file, ...fate, aside: isAside ? saved : undefined }];
}

function validOrUndefined(next: () => State): State | undefined {
  try {
    return next();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
