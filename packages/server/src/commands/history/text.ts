import type { FileDiff } from '@berth/config';
import { counted } from '@berth/contract';
import type { Output } from '../options.ts';

/** What a file is compared with, such as `number 12`. */
export interface Labels {
  readonly from: string;
  readonly to: string;
}

/** The differences in the unified format, as patch(1) reads it. */
export function printDiffs(files: readonly FileDiff[], { from, to }: Labels, output: Output): void {
  for (const { file, change, lines } of files) {
    output.line(`--- ${change === 'added' ? '/dev/null' : `${file}\t${from}`}`);
    output.line(`+++ ${change === 'removed' ? '/dev/null' : `${file}\t${to}`}`);
    for (const line of lines) output.line(line);
  }
  if (files.some(({ isHiding }) => isHiding)) {
    output.warn('What could be a hash, a token or a password is hidden. To see it add --reveal.');
  }
}

/** `users.yaml (3 lines added, 1 removed)` */
export function summaryOf({ file, change, added, removed }: FileDiff): string {
  if (change !== 'changed') return `${file} (${change})`;
  const counts = [
    ...(added === 0 ? [] : [`${counted(added, 'line')} added`]),
    ...(removed === 0 ? [] : [`${added === 0 ? counted(removed, 'line') : removed} removed`]),
  ];
  return `${file} (${counts.join(', ')})`;
}

/** What programs get to know of a difference. */
export const diffView = ({ file, change, added, removed, lines }: FileDiff): object => ({
  file,
  change,
  added,
  removed,
  lines,
});
