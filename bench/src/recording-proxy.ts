import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { Interval } from './statistics.ts';

/** One request that passed through, and for how long it was under way. */
export interface RecordedCall extends Interval {
  /** As in `POST /containers/create`. */
  readonly what: string;
}

export interface RecordingProxy {
  /** Where it listens, as `engine.host` of a configuration. */
  readonly host: string;
  /** Takes what was recorded since it was last asked. Times are those of `performance.now()`. */
  take(): RecordedCall[];
  close(): void;
}

/**
 * Stands between a server and its engine and notes from when to when each call is under way: from the
 * arrival of the request here until the last byte of the answer has gone out.
 */
export async function openRecordingProxy(
  engineSocket: string,
  socketPath: string,
): Promise<RecordingProxy> {
  const agent = new Agent({ keepAlive: true });
  let calls: RecordedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const start = performance.now();
    const { method = '', url = '', headers } = incoming;
    const call = request({ socketPath: engineSocket, agent, method, path: url, headers });
    call.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.on('error', () => outgoing.destroy());
    outgoing.on('close', () => {
      calls.push({ what: `${method} ${pathOf(url)}`, start, end: performance.now() });
    });
    incoming.pipe(call);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    host: `unix://${socketPath}`,
    take: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

/** Without the query, and without the ids that differ each time. */
const pathOf = (url: string): string =>
  (url.split('?', 1)[0] ?? '').replace(/\/[0-9a-f]{64}(?=\/|$)/, '/ID');
