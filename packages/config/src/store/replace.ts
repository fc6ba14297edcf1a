import { Problem } from '@berth/contract';
import type { Disk } from '../disk/disk.ts';
import { createDisk } from '../disk/exchange.ts';
import { withLock } from '../disk/lock.ts';
import type { Author, HistoryRecord } from '../history/record.ts';
import { createValidators } from '../validate.ts';
import { recordByHand } from './by-hand.ts';
import type { Config } from './config.ts';
import type { Content } from './content.ts';
import { disturbedProblem, MOST_TRIES } from './folder.ts';
import { openFolder, type OpenFolder } from './open-folder.ts';
import { createNextState, differences, type Contents, type State } from './state.ts';
import { unchanged } from './unchanged.ts';

export interface ReplaceOptions {
  readonly directory: string;
  readonly author: Author;
  /** What all files are to be. Asked again where somebody saves by hand at the same moment. */
  readonly target: (open: OpenFolder) => Promise<ReadonlyMap<string, Content>>;
  /** A text that was neither valid nor recorded had to give way, and was kept at `path`. */
  readonly onRejected: (file: string, path: string) => void;
  readonly disk?: Disk;
  readonly now?: () => Date;
}

export interface Replaced {
  readonly config: Config;
  /** Undefined where the files were like that already. */
  readonly record: HistoryRecord | undefined;
  /** What went wrong once the files stood. The next change, or the next opening, makes up for it. */
  readonly fault?: unknown;
}

/**
 * Makes the files what they are to be, as one change, also where they are invalid or missing now: the
 * way out when nothing loads any more. What hands have saved is recorded first where it is valid, and
 * kept as a rejected text where it is not. Throws `config_invalid`, with nothing changed, where the
 * result would not load.
 */
export async function replaceConfig(options: ReplaceOptions): Promise<Replaced> {
  const { directory, author, target, onRejected } = options;
  const { disk = createDisk(), now = () => new Date() } = options;
  const open = openFolder({ directory, disk, now, onRejected });
  const { folder, history, recorder } = open;
  const nextState = createNextState(directory, createValidators());
  const validState = (live: Contents): State | undefined => {
    try {
      return nextState(undefined, new Map(live));
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  };
  const replace = async (): Promise<Replaced> => {
    await folder.recover();
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const live = await folder.look('all');
      const valid = validState(live);
      if (valid === undefined) await recorder.compare(live, undefined);
      else await recordByHand({ history, now, onRejected }, recorder, valid);
      const contents = await target(open);
      const changes = differences(live, contents);
      const config = loadable(() =>
        valid === undefined ? nextState(undefined, contents) : nextState(valid, changes),
      );
      if (changes.size === 0) return { config, record: undefined };
      // What is not as it was recorded may be as it is to be already: a file that is gone.
      const told = new Map([...differences(recorder.all(), contents), ...changes]);
      const record = recorder.next(author, told, config.revision);
      const saved = await folder.save(record, changes, 'all');
      if (!saved.isDone) continue;
      recorder.note(record, told);
      const unpruned = await history
        .prune(config.settings.history)
        .catch((error: unknown) => error);
      return { config, record, fault: saved.fault ?? unpruned };
    }
    throw disturbedProblem();
  };
  return unchanged(() => withLock(directory, replace));
}

function loadable(load: () => State): Config {
  try {
    return load().config;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(
      error.code,
      `Nothing was changed, because what is to be restored does not load:\n${error.message}`,
      { details: error.details, cause: error },
    );
  }
}
