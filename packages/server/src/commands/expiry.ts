import { isExpired } from '@berth/config';
import { Duration, parseDuration, Problem } from '@berth/contract';
import { Check } from 'typebox/value';

const DATE = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * When a client expires: `90d` from now, a day (`2027-01-31`, at its start in UTC), a moment, or
 * `never`, which is null. ISO 8601 in UTC. Throws `usage` for anything else, and for what is past.
 */
export function expiryFrom(text: string, now: Date): string | null {
  if (text === 'never') return null;
  const expires = Check(Duration, text) ? now.getTime() + parseDuration(text) : momentFrom(text);
  const date = new Date(expires);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) {
    throw new Problem(
      'usage',
      `${JSON.stringify(text)} is no moment: write a length of time such as 90d, a day such as 2027-01-31, a moment such as 2027-01-31T18:00:00Z, or never.`,
    );
  }
  if (date <= now) {
    throw new Problem(
      'usage',
      `${date.toISOString()} is past. To end a client now use \`berthd client revoke\`.`,
    );
  }
  return date.toISOString();
}

/** When a client expires, for a person. */
export function expiryText(expires: string | null, now: Date): string {
  if (expires === null) return 'never';
  return isExpired({ expires }, now) ? `${expires} (expired)` : expires;
}

/** Milliseconds since 1970; NaN where there is no such moment. */
function momentFrom(text: string): number {
  const [, day = ''] = DATE.exec(text) ?? [];
  // A day that the month does not have would be taken for one of the next.
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : Number.NaN;
}
