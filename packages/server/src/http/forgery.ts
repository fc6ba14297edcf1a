import { hash, timingSafeEqual } from 'node:crypto';
import { Problem } from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether such a request changes nothing. */
export const isRead = (method: string): boolean => READS.has(method);

/**
 * Throws `untrusted_origin` for a write that another site may have had a browser make: browsers add the
 * login's cookie by themselves. A client's credential they do not know.
 *
 * @param caller undefined where the route is for anyone
 */
export function refuseForged(request: FastifyRequest, caller: Caller | undefined): void {
  if (isRead(request.method) || caller?.kind === 'client') return;
  if (caller === undefined) {
    // A login as somebody else can be forged as well. Programs send no origin.
    if (request.headers.origin !== undefined) refuseForeignOrigin(request);
    return;
  }
  refuseForeignOrigin(request);
  const token = request.headers['x-csrf-token'];
  if (typeof token === 'string' && isEqual(token, caller.login.csrfToken)) return;
  throw new Problem(
    'untrusted_origin',
    'The header X-CSRF-Token is missing or wrong. GET /login tells the right one for this login.',
  );
}

/**
 * Throws `untrusted_origin` for what a browser does not send from a page of this server’s own. Also for
 * WebSockets, which browsers open to any site, cookies and all.
 */
export function refuseForeignOrigin({ headers, protocol, host }: FastifyRequest): void {
  const { origin } = headers;
  if (origin === undefined) {
    if (headers['sec-fetch-site'] === 'same-origin') return;
    throw new Problem(
      'untrusted_origin',
      'With a login the header Origin must say that the request comes from this server’s own page.',
    );
  }
  const own = `${protocol}://${host}`;
  if (URL.canParse(own) && new URL(own).origin === origin) return;
  throw new Problem(
    'untrusted_origin',
    `The request comes from another site than ${own}. If a proxy stands in front of this server, it must pass on Host, and the scheme in X-Forwarded-Proto.`,
  );
}

/** Of a login’s secret: it stays the same as long as the login, and does not give the secret away. */
export const csrfTokenOf = (secret: string): string =>
  hash('sha256', `berth csrf ${secret}`, 'base64url');

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
