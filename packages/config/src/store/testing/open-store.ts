import { onTestFinished } from 'vitest';
import type { Disk } from '../../disk/disk.ts';
import { createDisk } from '../../disk/exchange.ts';
import type { Notice } from '../notice.ts';
import { openConfigStore, type ConfigStore } from '../store.ts';

export interface OpenStore {
  readonly store: ConfigStore;
  /** What it has told, as it tells it. */
  readonly notices: Notice[];
}

/** A store that closes with the test, and does not watch the folder. */
export async function openStore(directory: string, disk: Disk = createDisk()): Promise<OpenStore> {
  const notices: Notice[] = [];
  const store = await openConfigStore({
    directory,
    isWatching: false,
    disk,
    onNotice: (notice) => notices.push(notice),
  });
  onTestFinished(store.close);
  return { store, notices };
}
