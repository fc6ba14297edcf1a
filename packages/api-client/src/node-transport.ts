import type { ClientRequest, IncomingMessage } from 'node:http';
import { Problem } from '@berth/contract';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';
import { broken, unreachable } from './unreachable.ts';

/** How often a silent connection is probed, so that a vanished server is noticed all the same. */
const PROBE_AFTER_MS = 10_000;

const MAY_BE_DONE = 'What was asked may be done all the same: see berth list.';

export interface NodeTransportOptions {
  /** Address of the server, without a slash at the end. */
  readonly server: string;
  /** How long a connection may take to come about, in milliseconds. */
  readonly connectTimeout?: number;
}

/** Carries requests over `node:http` and `node:https`; `fetch` would double the start-up time. */
export function createNodeTransport(options: NodeTransportOptions): Transport {
  const { server, connectTimeout = 5000 } = options;
  const isSecure = server.startsWith('https:');
  // An `import` of node:http would read all its exports, and one of them is a getter that loads
  // undici and HTTP/2: that took longer than all the rest of `berth list` (Node 26.10).
  const { request, Agent } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  // Not the global agent: it gives up on a socket that is silent for 5 s, as that of a start may be.
  const agent = new Agent({ keepAlive: true });

  const send = async (call: ApiRequest): Promise<ApiResponse> => {
    call.signal?.throwIfAborted();
    const outgoing = request(server + call.path, {
      method: call.method,
      agent,
      headers: {
        ...call.headers,
        ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
      },
      ...(call.patience === undefined ? {} : { timeout: call.patience }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    const connection = watch(outgoing, connectTimeout, isSecure);
    return new Promise((resolve, reject) => {
      outgoing.on('error', (error) => {
        reject(connection.isUp() ? interrupted(server, call, error) : unreachable(server, error));
      });
      outgoing.on('response', (incoming) => {
        resolve({
          status: incoming.statusCode ?? 0,
          header: (name) => {
            const value = incoming.headers[name];
            return Array.isArray(value) ? value.join(', ') : value;
          },
          body: bodyOf(incoming, server, call),
        });
      });
      outgoing.end(call.body);
    });
  };

  return {
    server,
    send: (call) =>
      send(call).catch((error: unknown) => {
        throw call.signal?.aborted === true ? new Problem('cancelled', 'Cancelled.') : error;
      }),
  };
}

/** Ends a request that cannot connect, falls silent, or whose server has vanished. */
function watch(
  outgoing: ClientRequest,
  connectTimeout: number,
  isSecure: boolean,
): { isUp(): boolean } {
  let isUp = false;
  const giveUp = (): void => {
    outgoing.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
  };
  const timer = setTimeout(giveUp, connectTimeout);
  const connected = (): void => {
    isUp = true;
    clearTimeout(timer);
  };
  outgoing.on('timeout', giveUp);
  outgoing.on('close', () => clearTimeout(timer));
  outgoing.on('socket', (socket) => {
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    if (outgoing.reusedSocket) connected();
    else socket.once(isSecure ? 'secureConnect' : 'connect', connected);
  });
  return { isUp: () => isUp };
}

/** The request was on its way: one that changes something may have done so. */
function interrupted(server: string, { method }: ApiRequest, error: Error): Problem {
  const cause: Error & { code?: string } = error;
  if (method === 'GET' || cause.code?.startsWith('HPE_') === true)
    return unreachable(server, cause);
  return broken(server, MAY_BE_DONE, cause);
}

async function* bodyOf(
  incoming: IncomingMessage,
  server: string,
  { method, signal }: ApiRequest,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of incoming) yield chunk as Uint8Array;
  } catch (error) {
    if (signal?.aborted === true) throw new Problem('cancelled', 'Cancelled.');
    throw broken(server, method === 'POST' ? MAY_BE_DONE : 'Try again.', error);
  }
}
