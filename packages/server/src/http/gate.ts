import { Problem } from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { refuseWithoutRight, type Caller } from './caller.ts';
import { refuseForged } from './forgery.ts';
import type { RateLimits } from './rate-limits.ts';

/**
 * What every request passes before its body is read. Says who makes it; undefined where the route is for
 * anyone, or is not there. Throws where it may not be made, or not so often.
 *
 * @param options.authenticate throws for a request that does not prove who makes it
 */
export function createGate(options: {
  readonly authenticate: (request: FastifyRequest) => Caller;
  readonly limits: Pick<RateLimits, 'known' | 'fromAddress'>;
}): (request: FastifyRequest) => Caller | undefined {
  const { authenticate, limits } = options;

  const knownCaller = (request: FastifyRequest): Caller => {
    let caller: Caller;
    try {
      caller = authenticate(request);
    } catch (error) {
      limits.fromAddress(request);
      throw error;
    }
    limits.known(caller);
    return caller;
  };

  return (request) => {
    const { config } = request.routeOptions;
    // What is not there is not there for anyone.
    const isForAnyone = request.is404 || config.access === 'anyone';
    const caller = isForAnyone ? undefined : knownCaller(request);
    if (caller === undefined || config.limit !== undefined) limits.fromAddress(request);
    if (caller !== undefined) refuseWithoutRight(caller, config);
    if (request.is404) return undefined;
    refuseForged(request, caller);
    refuseUnaskedQuery(request);
    return caller;
  };
}

/** An address ends up in logs and histories, and with it a secret that somebody puts there. */
function refuseUnaskedQuery({ raw, routeOptions }: FastifyRequest): void {
  if (routeOptions.schema?.querystring !== undefined || raw.url?.includes('?') !== true) return;
  throw new Problem(
    'bad_request',
    'Nothing may follow a "?" here. A credential goes into a header.',
  );
}
