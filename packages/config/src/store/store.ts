import type { Problem } from '@berth/contract';
import type { Disk } from '../disk/disk.ts';
import { createDisk } from '../disk/exchange.ts';
import { undefinedIfForbidden } from '../disk/forbidden.ts';
import { acquireLock, expectLock } from '../disk/lock.ts';
import type { History } from '../history/history.ts';
import type { HistoryRecord } from '../history/record.ts';
import { later as realLater, type Later } from '../later.ts';
import { createValidators } from '../validate.ts';
import type { Config } from './config.ts';
import { createEditing, type EditConfig } from './editing.ts';
import { untilWhole } from './half-written.ts';
import { openLive, type Live } from './live.ts';
import type { Notice } from './notice.ts';
import { openFolder } from './open-folder.ts';
import { createQueue } from './queue.ts';
import { isSaving } from './saving.ts';
import { createNextState } from './state.ts';
import { watchFolder } from '../watch/watch-folder.ts';

/** The configuration, for as long as a program runs: always the last one that was valid. */
export interface ConfigStore {
  current(): Config;
  /** What is wrong with the files on the disk, while the program goes on with an older configuration. */
  rejection(): Problem | undefined;
  readonly edit: EditConfig;
  /** Reads all files again. Never throws for what stands in them: see `rejection`. */
  reload(): Promise<void>;
  readonly history: History;
  /** The number of the newest record that it knows: after an edit, that of the edit. */
  recorded(): number;
  close(): void;
}

export interface StoreOptions {
  readonly directory: string;
  readonly onNotice: (notice: Notice) => void;
  /** Is told of each change that this program has put into the history, also of those made by hand. */
  readonly onRecorded?: (record: HistoryRecord) => void;
  /** Whether to take up what others change, as they change it. */
  readonly isWatching: boolean;
  readonly disk?: Disk;
  readonly now?: () => Date;
  readonly later?: Later;
}

/** A reload waits so long for the lock and goes on without: an admin may hold it while they edit. */
const RELOAD_LOCK_MS = 500;

/** When to try again to record what was changed by hand, or to read what failed. */
const RELOAD_AGAIN_MS = 2000;

/** Loads the configuration. Throws `config_invalid` where that fails: there is none to go on with. */
export async function openConfigStore(options: StoreOptions): Promise<ConfigStore> {
  const { directory, onNotice, isWatching, disk = createDisk(), now = () => new Date() } = options;
  const { later = realLater, onRecorded = () => {} } = options;
  const onRejected = (file: string, path: string): void => {
    onNotice({ kind: 'rejected', file, path });
  };
  const open = openFolder({ directory, disk, now, onRejected });
  const validators = createValidators();
  const nextState = createNextState(directory, validators);
  const load = (isLocked: boolean): Promise<Live> =>
    untilWhole(() =>
      openLive({ ...open, directory, isLocked, now, nextState, onNotice, onRecorded }),
    );
  // Before anything is read: what is saved between the two would not be seen.
  const watch = isWatching
    ? await watchFolder({
        directory,
        later,
        onBlind: (folders, error) => {
          onNotice({ kind: 'unwatched', folders, error });
        },
      })
    : undefined;
  const live = await load(false)
    .catch(async (error: unknown) => {
      if (!isSaving(error)) throw error;
      // A process that was killed may have left files that do not go together.
      const lock = await expectLock(directory).catch(undefinedIfForbidden);
      if (lock === undefined) throw error;
      try {
        await open.folder.recover();
        return await load(true);
      } finally {
        await lock.release();
      }
    })
    .catch((error: unknown) => {
      watch?.close();
      throw error;
    });
  /** Nothing that looks at the files or changes them runs beside anything else that does. */
  const inTurn = createQueue();
  const reloadInTurn = createQueue();
  let stopWaiting: (() => void) | undefined;

  const reloadLater = (): void => {
    stopWaiting ??= later(() => {
      stopWaiting = undefined;
      void reloadInTurn(reload);
    }, RELOAD_AGAIN_MS);
  };

  const reload = async (): Promise<void> => {
    try {
      // A folder that this user may only read has nothing that could be recorded.
      const lock = await acquireLock(directory, RELOAD_LOCK_MS).catch(undefinedIfForbidden);
      if (lock === undefined || lock === 'held') {
        const isRead = await inTurn(live.read);
        if (lock === 'held' || !isRead) reloadLater();
        return;
      }
      try {
        await inTurn(async () => {
          await live.recover();
          const { fault } = await live.takeUp();
          if (fault !== undefined) reloadLater();
        });
      } finally {
        await lock.release();
      }
    } catch (error) {
      live.fail(error);
      reloadLater();
    }
  };

  const edit = createEditing({ directory, live, nextState, validators, inTurn });

  watch?.listen((files) => {
    live.lookLater(files);
    void reloadInTurn(reload);
  });
  await reloadInTurn(reload);
  return {
    current: () => live.state().config,
    rejection: live.rejection,
    edit,
    reload: async () => {
      await watch?.renew();
      live.lookLater('all');
      await reloadInTurn(reload);
    },
    history: open.history,
    recorded: open.recorder.number,
    close: () => {
      stopWaiting?.();
      watch?.close();
    },
  };
}
