import {
  configAt,
  diffVersions,
  listHistory,
  restoreConfig,
  showChange,
  type Config,
  type FileDiff,
  type HistoryRecord,
} from '@berth/config';
import type {
  FileDifference,
  HistoryChange,
  HistoryList,
  Name,
  Restored,
  RestorePreview,
} from '@berth/contract';
import { newlyLetIn } from '../newly-let-in.ts';

/** The changes of the configuration. `not_found` for a number that the history does not have any more. */
export interface History {
  list(limit: number): Promise<HistoryList>;
  show(number: number): Promise<HistoryChange>;
  preview(number: number): Promise<RestorePreview>;
  /** Puts all files back to how a change left them, as a new change. */
  restore(number: number, by: Name): Promise<Restored>;
}

/**
 * @param options.reload has the server take up what stands on the disk
 * @param options.recorded is told of the change, which the store did not make
 */
export function createHistory(options: {
  readonly config: () => Config;
  readonly reload: () => Promise<void>;
  readonly recorded: (record: HistoryRecord) => void;
  readonly onRejected: (file: string, path: string) => void;
  readonly now: () => Date;
}): History {
  const { config, reload, recorded, onRejected, now } = options;
  const browse = () => ({ directory: config().directory, isRevealing: false });

  const letInBy = async (number: number): Promise<RestorePreview['let_in']> =>
    newlyLetIn(config(), await configAt(config().directory, number), now());

  return {
    list: async (limit) => {
      const { records, older, rejected } = await listHistory(config().directory, limit);
      return {
        changes: records.map((record) => ({
          ...changeOf(record),
          files: record.files.map(({ file }) => file),
        })),
        older,
        rejected: [...rejected],
      };
    },

    show: async (number) => {
      const { record, files, unknown } = await showChange(browse(), number);
      return { ...changeOf(record), files: files.map(differenceOf), unknown: [...unknown] };
    },

    preview: async (number) => ({
      files: (await diffVersions(browse(), 'now', number)).map(differenceOf),
      let_in: await letInBy(number),
    }),

    restore: async (number, by) => {
      const letIn = await letInBy(number);
      const { config: restored, record } = await restoreConfig({
        directory: config().directory,
        number,
        author: { by, what: `restore number ${number}` },
        onRejected,
      });
      if (record !== undefined) recorded(record);
      await reload();
      return { number: record?.number ?? null, revision: restored.revision, let_in: letIn };
    },
  };
}

const changeOf = ({ number, time, by, what, revision }: HistoryRecord) => ({
  number,
  time,
  by,
  what,
  revision,
});

const differenceOf = ({ file, change, added, removed, lines }: FileDiff): FileDifference => ({
  file,
  change,
  added,
  removed,
  lines: [...lines],
});
