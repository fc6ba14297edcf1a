import type { Disk } from '../disk/disk.ts';
import { createHistory, type History } from '../history/history.ts';
import { createRecorder, type Recorder } from '../history/recorder.ts';
import type { RecoveryOptions } from '../history/recovery.ts';
import { createFolder, type Folder } from './folder.ts';
import { createFileReader } from './read-files.ts';

/** A configuration folder: its files, its history, and what of the one is in the other. */
export interface OpenFolder {
  readonly folder: Folder;
  readonly history: History;
  readonly recorder: Recorder;
}

export interface OpenFolderOptions extends Pick<RecoveryOptions, 'directory' | 'onRejected'> {
  readonly disk: Disk;
  readonly now: () => Date;
}

export function openFolder(options: OpenFolderOptions): OpenFolder {
  const { directory, disk, now } = options;
  const history = createHistory(directory, disk);
  const reader = createFileReader(directory, disk);
  return {
    folder: createFolder({ ...options, reader, history }),
    history,
    recorder: createRecorder(history, now),
  };
}
