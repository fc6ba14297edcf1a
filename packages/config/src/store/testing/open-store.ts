import { onTestFinished } from 'vitest';
import type { Disk } from '../../disk/disk.ts';
import type { Later } from '../../later.ts';
import { openUnwatched, type OpenStore } from './unwatched.ts';

/** A store that closes with the test, and does not watch the folder. */
export async function openStore(directory: string, disk?: Disk, later?: Later): Promise<OpenStore> {
  const open = await openUnwatched(directory, disk, later);
  onTestFinished(open.store.close);
  return open;
}
