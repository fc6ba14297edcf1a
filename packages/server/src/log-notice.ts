import type { Notice } from '@berth/config';
import type { Log } from '@berth/logs';

const UNWATCHED_ADVICE =
  'Send SIGHUP after an edit by hand. If the system has too few watches, raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl.';

/**
 * Logs what the configuration's store has to tell.
 *
 * @param running revision of the configuration that is in force
 */
export function logNotice(log: Log, notice: Notice, running: string): void {
  switch (notice.kind) {
    case 'loaded':
      log.info('config_reloaded', { revision: notice.config.revision });
      break;
    case 'invalid':
      log.error('config_rejected', { problem: notice.problem, running });
      break;
    case 'unreadable':
      log.error('config_unreadable', { error: notice.error });
      break;
    case 'unrecorded':
      log.error('config_unrecorded', { error: notice.error });
      break;
    case 'unwatched':
      log.warn('config_unwatched', {
        folders: notice.folders,
        error: notice.error,
        advice: UNWATCHED_ADVICE,
      });
      break;
    case 'merged':
      log.warn('config_merged', {
        file: notice.file,
        kept: notice.kept,
        conflicts: notice.conflicts,
      });
      break;
    case 'rejected':
      log.warn('config_text_kept', { file: notice.file, path: notice.path });
      break;
    default:
      notice satisfies never;
  }
}
