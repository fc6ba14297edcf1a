import { later, type Settings } from '@berth/config';
import { createLog, createLogFile, type Log } from '@berth/logs';

/** The name of the server’s log, without `.yaml`. */
export const LOG_NAME = 'berthd';

/** The log of a server: in its folder, and as it always was on standard error. */
export interface ServerLog {
  readonly log: Log;
  /** Whether it cannot be written to its folder. */
  isFaulty(): boolean;
  /** Has the last words of a program that ends badly, on the disk before it is gone. */
  crashed(error: unknown): void;
  close(): Promise<void>;
}

const ADVICE =
  'Entries are kept in memory for now, and are on standard error. Make room on the disk, or name another folder in logging.directory of main.yaml and restart berthd.';

/** @param options.write takes entries to standard error */
export function openServerLog(options: {
  readonly settings: () => Settings;
  readonly write: (entry: string) => void;
  readonly now: () => Date;
}): ServerLog {
  const { settings, write, now } = options;
  const { directory } = settings().logging;
  const file = createLogFile({
    directory,
    name: LOG_NAME,
    rotation: () => settings().logging.rotation,
    now,
    later,
    onFault: (error) => {
      if (error === undefined) log.info('log_written_again', { directory });
      else log.error('log_not_written', { directory, error, advice: ADVICE });
    },
  });
  const log = createLog({
    write: (entry) => {
      write(entry);
      file.write(entry);
    },
    level: () => settings().logging.level,
    now,
  });
  return {
    log,
    isFaulty: () => file.fault() !== undefined,
    crashed: (error) => {
      log.critical('crashed', { error });
      file.flushSync();
    },
    close: file.close,
  };
}
