import { openConfigStore, type ConfigStore, type Notice } from '@berth/config';
import { commandTrail } from './trail.ts';
import { keptText, UNRECORDED } from './history/options.ts';
import type { Output } from './options.ts';
import { untilTakenUp } from './take-up.ts';

/**
 * Opens the configuration for one piece of work, and tells what the store had to put right. When an
 * edit returns, a server that runs on the configuration has taken it up.
 */
export async function withStore<T>(
  directory: string,
  output: Output,
  work: (store: ConfigStore) => Promise<T>,
): Promise<T> {
  let unrecorded = 0;
  const trail = commandTrail(output);
  const store = await openConfigStore({
    directory,
    isWatching: false,
    onRecorded: trail.recorded,
    onNotice: (notice) => {
      if (notice.kind === 'unrecorded') unrecorded += 1;
      const text = warningOf(notice);
      if (text !== undefined) output.warn(text);
    },
  });
  trail.begin(store.current);
  try {
    return await work({
      ...store,
      edit: async (author, change) => {
        const before = unrecorded;
        const result = await store.edit(author, change);
        // An edit that fails tells by itself that the history cannot be written.
        if (unrecorded > before) output.warn(UNRECORDED);
        const { revision, settings } = store.current();
        const { stateDirectory } = settings;
        const number = store.recorded();
        await untilTakenUp(directory, { revision, number, stateDirectory }, output);
        return result;
      },
    });
  } finally {
    await trail.settled();
    store.close();
  }
}

function warningOf(notice: Notice): string | undefined {
  switch (notice.kind) {
    case 'loaded':
    case 'unwatched':
    case 'unrecorded':
      return undefined;
    case 'invalid':
      return notice.problem.message;
    case 'unreadable':
      throw notice.error;
    case 'merged':
      return `${notice.file} had been saved from an older copy; what was newer in it was kept.`;
    case 'rejected':
      return keptText(notice.file, notice.path);
    default:
      return notice satisfies never;
  }
}
