import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Problem } from '@berth/contract';
import Docker from 'dockerode';

const PATIENCE_MS = 10_000;

/** What came of asking for an engine. */
export type Answer =
  | { readonly kind: 'answers'; readonly version: string }
  /** No socket; a socket that nobody listens on; one that this user may not use; no word in time. */
  | { readonly kind: 'missing' | 'stale' | 'forbidden' | 'silent' }
  | { readonly kind: 'failed'; readonly reason: string };

type Address = { readonly socketPath: string } | { readonly host: string; readonly port: string };

/** The address in a DOCKER_HOST. Berth speaks the engine’s plain protocol only: no ssh, no TLS. */
export function addressOf(host: string): Address {
  if (/^unix:\/\/\/./.test(host)) return { socketPath: host.slice('unix://'.length) };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol === 'tcp:' && url.port !== '') return { host: url.hostname, port: url.port };
  throw new Problem(
    'usage',
    `Berth cannot use the engine ${host}: it must be unix:///PATH or tcp://HOST:PORT.`,
  );
}

/** Asks the engine for its version. */
export async function probe(host: string): Promise<Answer> {
  const options = { ...addressOf(host), path: '/version', agent: false };
  try {
    const body = await new Promise<string>((resolve, reject) => {
      request({ ...options, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
        text(response).then(resolve, reject);
      })
        .on('error', reject)
        .end();
    });
    const answer: unknown = JSON.parse(body);
    if (typeof answer === 'object' && answer !== null && 'Version' in answer) {
      return { kind: 'answers', version: String(answer.Version) };
    }
    return { kind: 'failed', reason: 'what answers is no Docker engine' };
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): Answer {
  if (error instanceof SyntaxError) {
    return { kind: 'failed', reason: 'what answers is no Docker engine' };
  }
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return { kind: 'missing' };
  if (code === 'ECONNREFUSED') return { kind: 'stale' };
  if (code === 'EACCES') return { kind: 'forbidden' };
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return { kind: 'silent' };
  return { kind: 'failed', reason: error.message };
}

/**
 * dockerode, which builds and imports images without a docker command: an engine elsewhere can be used
 * from a machine that has none.
 */
export function connectTo(host: string): Docker {
  // Whatever is not said here, dockerode takes from DOCKER_HOST and its like.
  return new Docker({
    host: undefined,
    port: undefined,
    timeout: undefined,
    protocol: 'http',
    ...addressOf(host),
  });
}
