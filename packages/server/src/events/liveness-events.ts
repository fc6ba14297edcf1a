import type { Account } from '@berth/config';
import type { Publication } from './ring.ts';

/** With more at once, as when a network comes back, they are told by their number. */
const MOST_USERS = 100;

/** What became of who was there and who was not, for who watches over all, and for themselves. */
export function livenessEvents(
  changes: readonly { readonly account: Account; readonly kind: 'user_live' | 'user_stale' }[],
): Publication[] {
  if (changes.length > MOST_USERS) {
    const event = { kind: 'liveness_changed', count: changes.length } as const;
    return [{ event, audience: { right: 'monitor' } }];
  }
  return changes.map(({ account: { id, username }, kind }) => ({
    event: { kind, user: { id, username } },
    audience: { right: 'monitor', users: new Set([id]) },
  }));
}
