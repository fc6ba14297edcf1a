import type { FastifyReply, FastifyRequest } from 'fastify';

/** How many requests were answered so. */
export interface RequestCount {
  /** As it is declared, so that there are not as many as paths; empty for what is not there. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly count: number;
}

/** Counts answers, from the start on. */
export interface RequestCounts {
  add(request: FastifyRequest, reply: FastifyReply): void;
  all(): RequestCount[];
}

/** A caller may name any method where there is no route. */
const OTHER = 'other';

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, Map<number, number>>();
  return {
    add: ({ is404, method, routeOptions }, { statusCode }) => {
      const key = is404 ? `${OTHER} ` : `${method} ${routeOptions.url ?? ''}`;
      let ofRoute = counts.get(key);
      if (ofRoute === undefined) counts.set(key, (ofRoute = new Map<number, number>()));
      ofRoute.set(statusCode, (ofRoute.get(statusCode) ?? 0) + 1);
    },
    all: () =>
      [...counts].flatMap(([key, ofRoute]) => {
        const [method = OTHER, route = ''] = key.split(' ', 2);
        return [...ofRoute].map(([status, count]) => ({ method, route, status, count }));
      }),
  };
}
