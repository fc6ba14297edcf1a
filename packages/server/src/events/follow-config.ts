import type { Config, Notice } from '@berth/config';
import { configChanges, type LookAlike } from './config-changes.ts';
import type { Events } from './events.ts';

/** Makes events of what the configuration’s store tells. */
export function followConfig(options: {
  readonly events: Pick<Events, 'publish' | 'judgeAgain'>;
  /** What is in force until the store tells of another. */
  readonly config: Config;
  readonly lookAlike: (before: Config, after: Config) => LookAlike;
}): (notice: Notice) => void {
  const { events, lookAlike } = options;
  let known = options.config;
  return (notice) => {
    switch (notice.kind) {
      case 'loaded': {
        const before = known;
        known = notice.config;
        // First, so that nobody hears of anything with a right that they have no more.
        events.judgeAgain();
        events.publish(configChanges(before, known, lookAlike(before, known)));
        return;
      }
      case 'invalid':
      case 'unreadable':
        events.publish([{ event: { kind: 'config_rejected' }, audience: { right: 'monitor' } }]);
        return;
      case 'unrecorded':
      case 'unwatched':
      case 'merged':
      case 'rejected':
        return;
      default:
        notice satisfies never;
    }
  };
}
