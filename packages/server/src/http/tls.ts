import { constants } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { Problem } from '@berth/contract';
import type { FastifyServerOptions } from 'fastify';
import { CONNECTION_LIMITS, SILENCE_MS } from './limits.ts';
import { rawAnswer } from './raw-answer.ts';

/** In PEM. */
export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Tls {
  readonly createServer: NonNullable<FastifyServerOptions['serverFactory']>;
  /** Who is connected stays so; who connects from now on gets this certificate. */
  renew(credentials: Credentials): void;
}

/** All of TLS 1.3; of 1.2 what encrypts and seals in one, with a key that is made for each connection. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

const PROTOCOL = {
  minVersion: 'TLSv1.2',
  ciphers: CIPHERS,
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const;

const HANDSHAKE_MS = 10_000;

export function createTls(credentials: Credentials): Tls {
  let server: Server | undefined;
  return {
    createServer: (handler) => {
      server = createServer(
        { ...PROTOCOL, ...CONNECTION_LIMITS, ...credentials, handshakeTimeout: HANDSHAKE_MS },
        handler,
      );
      server.setTimeout(SILENCE_MS);
      answerPlainHttp(server);
      return server;
    },
    renew: (renewed) => server?.setSecureContext({ ...PROTOCOL, ...renewed }),
  };
}

const PLAIN_HTTP = new Problem(
  'bad_request',
  'This port speaks HTTPS: the address starts with https://.',
);

/**
 * Tells who sends plain HTTP, rather than to hang up without a word. A TLS socket that failed cannot be
 * written to; the connection below it can.
 */
function answerPlainHttp(server: Server): void {
  const connections = new Map<string, Socket>();
  const nameOf = ({ remoteAddress, remotePort }: Socket): string =>
    `${remoteAddress} ${remotePort}`;
  server.prependListener('connection', (connection: Socket) => {
    const name = nameOf(connection);
    connections.set(name, connection);
    connection.once('close', () => connections.delete(name));
  });
  server.prependListener('tlsClientError', (error: Error & { code?: string }, socket) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') {
      connections.get(nameOf(socket))?.end(rawAnswer(PLAIN_HTTP));
    }
  });
}
