import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import {
  restoreBackup,
  type RestoreBackupOptions,
  type RestoredBackup,
} from '../restore-backup.ts';

type Options = Partial<Pick<RestoreBackupOptions, 'agree' | 'onRejected' | 'disk'>>;

/** Restores an archive, or the one at a path, without a question. */
export function restore(
  directory: string,
  archive: string | Readable,
  options: Options = {},
): Promise<RestoredBackup> {
  return restoreBackup({
    directory,
    archive: typeof archive === 'string' ? createReadStream(archive) : archive,
    by: 'test',
    agree: () => Promise.resolve(true),
    onRejected: () => {},
    ...options,
  });
}
