import type { Name } from '@berth/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from './caller.ts';

/** Who changes something, and what they have seen of it. */
export interface Change {
  /** For the history. */
  readonly by: Name;
  /** Undefined where it does not matter to them. */
  readonly revision?: string | undefined;
}

/** For routes whose headers `IfMatch` has passed. */
export function changeOf(request: FastifyRequest): Change {
  const etag = request.headers['if-match'];
  const revision = etag === undefined || etag === '*' ? undefined : etag.slice(1, -1);
  return { by: actorOf(request).name, revision };
}

/** Says with an answer which revision it has. */
export function withRevision<T extends { readonly revision: string }>(
  reply: FastifyReply,
  resource: T,
): T {
  reply.header('etag', `"${resource.revision}"`);
  return resource;
}
