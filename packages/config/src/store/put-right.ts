import { Problem } from '@berth/contract';
import type { Author } from '../history/record.ts';
import { merge, withLockOuts } from '../merge/merge.ts';
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
   * Texts that are kept aside: they had to give way, or may have been meant to let somebody in, or out,
   * who is not.
   */
  readonly aside: readonly Content[];
}

/** What can become of one, the best first. */
const WAYS: readonly ((stale: StaleSave, saved: Content) => Omit<Fate, 'file'>)[] = [
  (stale, saved) => {
    const { isAdmitting, isLockingOut, ...merged } = merge(stale, saved);
    const isGivingWay = merged.conflicts.length > 0 || isAdmitting;
    return {
      ...merged,
      aside: [...(isGivingWay ? [saved] : []), ...(isLockingOut ? [stale.newest] : [])],
    };
  },
  (stale, saved) => ({ ...wholly(stale, withLockOuts(stale, saved).newest), aside: [saved] }),
  (stale, saved) => ({ ...wholly(stale, stale.newest), aside: [saved] }),
  (stale, saved) => ({ ...wholly(stale, withLockOuts(stale, saved).saved), aside: [stale.newest] }),
  (stale, saved) => ({ ...wholly(stale, saved), aside: [stale.newest] }),
];

function wholly({ opened }: StaleSave, content: Content): Omit<Fate, 'file' | 'aside'> {
  const parts = [...opened.keys()];
  return { content, conflicts: parts, kept: parts };
}

/**
 * Brings what was newer back into files that somebody has saved from older versions, as one more
 * change. Returns what then stands; undefined, with nothing changed, where somebody has saved again.
 *
 * Where the two do not go together, what was newer stands, and where that does not go with what was
 * saved in other files, the hand's; whom either has locked out stays out as long as that is valid. What
 * gives way is kept aside.
 */
export async function putRight(
  options: PutRightOptions,
  state: State,
  stale: readonly StaleSave[],
): Promise<State | undefined> {
  const { nextState, save, keepAside, onNotice } = options;
  for (const way of WAYS) {
    const fates = stale.flatMap((one) => fateOf(one, state, way));
    const changes = changesOf(fates, state);
    const next = validOrUndefined(() => nextState(state, changes));
    if (next === undefined) continue;
    const what = `keep what was newer in ${fates.map(keptIn).join(', ')}`;
    // A record also where nothing has to change: what was stale before it is put right.
    if (!(await save({ by: 'berthd', what }, next, changes))) return undefined;
    for (const { file, conflicts, kept, aside } of fates) {
      for (const content of aside) await keepAside(file, content);
      if (kept.length > 0 || changes.has(file)) onNotice({ kind: 'merged', file, conflicts, kept });
    }
    return next;
  }
  // What was saved is valid: it was in force.
  throw new Error('No way was found to put a stale save right');
}

/** Without files that stand as they are to be. */
function changesOf(fates: readonly Fate[], { contents }: State): Changes {
  const others = fates.filter(({ file, content }) => contents.get(file)?.digest !== content.digest);
  return new Map(others.map(({ file, content }) => [file, content]));
}

/** So many parts are named in the history. */
const MOST_NAMED = 3;

function keptIn({ file, kept }: Fate): string {
  if (kept.length === 0) return file;
  const named = kept.slice(0, MOST_NAMED).join(', ');
  const more = kept.length > MOST_NAMED ? ` and ${kept.length - MOST_NAMED} more` : '';
  return `${file} (${named}${more})`;
}

/** None for a file that is gone. */
function fateOf(one: StaleSave, { contents }: State, way: (typeof WAYS)[number]): Fate[] {
  const saved = contents.get(one.file);
  return saved === undefined ? [] : [{ file: one.file, ...way(one, saved) }];
}

function validOrUndefined(next: () => State): State | undefined {
  try {
    return next();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}
