import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Settings } from '@berth/config';
import { Problem } from '@berth/contract';
import type { FastifyInstance, FastifyRequest, FastifyServerOptions } from 'fastify';
import { createRanges, isLoopback, networkOf } from './address.ts';
import { CONNECTION_LIMITS, SILENCE_MS } from './limits.ts';
import { createTls, type Credentials } from './tls.ts';

/** How a server takes connections, and whom it takes for whom. */
export interface Connections {
  /** What Fastify is to be made with. */
  readonly options: FastifyServerOptions;
  /** Watches over the connections of an application's server. */
  guard(app: Pick<FastifyInstance, 'server'>): void;
  /** Throws `forbidden` for a request that others could read on its way. */
  refuseUnprotected(request: FastifyRequest): void;
  /** Serves this certificate to who connects from now on. For a server with TLS only. */
  renew(credentials: Credentials): void;
}

type ConnectionSettings = Pick<Settings, 'trustedProxies' | 'connections'>;

/**
 * @param options.credentials undefined for plain HTTP, which only this machine and proxies may use
 * @param options.settings may change at any time
 */
export function createConnections(options: {
  readonly credentials?: Credentials;
  readonly settings: () => ConnectionSettings;
}): Connections {
  const { credentials, settings } = options;
  const tls = credentials && createTls(credentials);
  const isProxy = createTrust(() => settings().trustedProxies);
  const isExempt = (address: string | undefined): boolean =>
    isLoopback(address) || isProxy(address);
  /** Those that are not encrypted and come from elsewhere. */
  const open = new WeakSet<Socket>();

  return {
    options: {
      trustProxy: (address: string | undefined) => isProxy(address),
      requestTimeout: CONNECTION_LIMITS.requestTimeout,
      keepAliveTimeout: CONNECTION_LIMITS.keepAliveTimeout,
      connectionTimeout: SILENCE_MS,
      ...(tls === undefined ? { http: CONNECTION_LIMITS } : { serverFactory: tls.createServer }),
    },
    guard: ({ server }) => {
      countConnections(server, settings, isExempt);
      if (tls !== undefined) return;
      server.prependListener('connection', (socket: Socket) => {
        if (!isLoopback(socket.remoteAddress)) open.add(socket);
      });
    },
    refuseUnprotected: ({ socket }) => {
      if (!open.has(socket) || isProxy(socket.remoteAddress)) return;
      throw new Problem(
        'forbidden',
        'This server speaks plain HTTP, and to its own machine and its proxies only. Use the address that your admin gave you: it starts with https://.',
      );
    },
    renew: (renewed) => tls?.renew(renewed),
  };
}

/** The list is read anew when it is another. */
function createTrust(ranges: () => readonly string[]): (address: string | undefined) => boolean {
  let known = ranges();
  let isIn = createRanges(known);
  return (address) => {
    const current = ranges();
    if (current !== known) {
      isIn = createRanges(current);
      known = current;
    }
    return isIn(address);
  };
}

/** So that nobody takes all connections: who has too many is hung up on. */
function countConnections(
  server: Server,
  settings: () => ConnectionSettings,
  isExempt: (address: string | undefined) => boolean,
): void {
  const open = new Map<string, number>();
  let total = 0;
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    const { most, mostPerAddress } = settings().connections;
    const network = networkOf(remoteAddress ?? '');
    const others = open.get(network) ?? 0;
    if (total >= most || (others >= mostPerAddress && !isExempt(remoteAddress))) {
      socket.destroy();
      return;
    }
    total += 1;
    open.set(network, others + 1);
    socket.once('close', () => {
      total -= 1;
      const left = (open.get(network) ?? 0) - 1;
      if (left > 0) open.set(network, left);
      else open.delete(network);
    });
  });
}
