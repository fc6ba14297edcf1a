import { relative } from 'node:path';
import type { Disk } from '@berth/config';
import { createDisk } from '@berth/config/disk';
import { interceptDisk } from '@berth/config/testing';

/** What decides, in this order, on what is left after a power cut. */
const DECIDING: ReadonlySet<string> = new Set([
  'sync',
  'syncFile',
  'syncFolder',
  'makeFolder',
  'rename',
  'renameNew',
  'exchange',
]);

/** A disk that takes note of them, with their paths below a folder; of random names `NEW` is left. */
export function durableSteps(folder: string): { readonly disk: Disk; done(): string[] } {
  const steps: string[] = [];
  const disk = interceptDisk(createDisk(), async ({ name, path }) => {
    const below = relative(folder, path) || '.';
    const named = below.replace(/[\da-f]{12}\.berth-tmp$/, 'NEW').replace(/\.restore-\w+/, 'STAGE');
    if (DECIDING.has(name)) steps.push(`${name} ${named}`);
  });
  return { disk, done: () => steps };
}
