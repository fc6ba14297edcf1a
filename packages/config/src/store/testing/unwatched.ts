import type { Disk } from '../../disk/disk.ts';
import { createDisk } from '../../disk/exchange.ts';
import { later as realLater } from '../../later.ts';
import type { Notice } from '../notice.ts';
import { openConfigStore, type ConfigStore } from '../store.ts';

export interface OpenStore {
  readonly store: ConfigStore;
  /** What it has told, as it tells it. */
  readonly notices: Notice[];
}

/** A store that does not watch the folder, for programs too: closing it is the caller’s. */
export async function openUnwatched(
  directory: string,
  disk: Disk = createDisk(),
  later = realLater,
): Promise<OpenStore> {
  const notices: Notice[] = [];
  const store = await openConfigStore({
    directory,
    isWatching: false,
    disk,
    later,
    onNotice: (notice) => notices.push(notice),
  });
  return { store, notices };
}
