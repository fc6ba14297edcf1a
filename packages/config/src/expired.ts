import type { Client } from '@berth/contract';

/** From the moment of its expiry on no client comes in. */
export function isExpired({ expires }: Pick<Client, 'expires'>, now: Date): boolean {
  // Put so that what is no moment counts as past.
  return expires !== undefined && expires !== null && !(Date.parse(expires) > now.getTime());
}
