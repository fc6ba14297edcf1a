import type { ServerOptions } from 'node:http';
import { Problem } from '@berth/contract';
import type { FastifyRequest } from 'fastify';

/** Bodies are small: the largest is a start request. */
export const BODY_LIMIT = 64 * 1024;

/** How long a connection may say nothing in the middle of something, to either side, in milliseconds. */
export const SILENCE_MS = 300_000;

/** What one connection may cost. Times are in milliseconds. */
export const CONNECTION_LIMITS = {
  /** Of a request's headers, counted from the first byte, or from when it connected. */
  headersTimeout: 10_000,
  /** Of a whole request. */
  requestTimeout: 30_000,
  /** How often both are looked at. */
  connectionsCheckingInterval: 2000,
  /** Longer than the proxies keep theirs, or they would now and then send into one that just closes. */
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
} as const satisfies ServerOptions;

/** Throws for a body that would have to be unpacked: a few bytes can become gigabytes. */
export function refuseCompressed({ headers }: FastifyRequest): void {
  const coding = headers['content-encoding'];
  if (coding === undefined || coding.toLowerCase() === 'identity') return;
  throw new Problem(
    'unsupported_media_type',
    'A body is taken as it is: send it without Content-Encoding.',
  );
}
