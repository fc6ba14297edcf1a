import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { glob, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { finish, importBusybox } from './busybox-image.ts';

const PROGRAM = '/usr/bin/docker-registry';
/** Layers are larger, manifests and image configurations smaller. */
const SMALL = 64 * 1024;

/** A registry of a test’s own, on loopback, where engines need no TLS. */
export interface Registry {
  /** `127.0.0.1:PORT`, the first part of its images’ references. */
  readonly host: string;
  /**
   * Puts an image there that shares no layer with any other, and that the engine does not keep.
   *
   * @param bytes size of its one layer, roughly
   */
  offer(docker: Docker, reference: string, bytes: number): Promise<void>;
  /** From now on a layer that is fetched goes silent after so many bytes, and its connection stays. */
  stallLayersAfter(bytes: number): void;
  /** Loses all layers, and keeps the manifests that name them. */
  loseLayers(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Debian’s docker-registry, with a proxy before it that can be told to fail. */
export async function startRegistry(): Promise<Registry> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-registry-'));
  const registry = await startProgram(directory);
  let stallAfter = Number.POSITIVE_INFINITY;
  const proxy = createServer((incoming, outgoing) => {
    forward(registry.port, stallAfter, incoming, outgoing);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;

  return {
    host: `127.0.0.1:${port}`,
    async offer(docker, reference, bytes) {
      await importBusybox(docker, reference, {
        unique: randomBytes(bytes), // random, so that it does not shrink on the way
      });
      const image = docker.getImage(reference);
      try {
        await finish(docker, await image.push({ authconfig: {} }));
      } finally {
        await image.remove();
      }
    },
    stallLayersAfter(bytes) {
      stallAfter = bytes;
    },
    async loseLayers() {
      for await (const file of glob(`${directory}/docker/registry/v2/blobs/**/data`)) {
        if ((await stat(file)).size > SMALL) await rm(dirname(file), { recursive: true });
      }
    },
    async stop() {
      proxy.close();
      proxy.closeAllConnections();
      await registry.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startProgram(directory: string) {
  const config = join(directory, 'config.json'); // JSON is YAML
  const http = { addr: '127.0.0.1:0', secret: 'one process needs none' };
  const storage = { filesystem: { rootdirectory: directory } };
  await writeFile(config, JSON.stringify({ version: 0.1, storage, http }));

  const program = spawn(PROGRAM, ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(program, 'exit');
  await once(program, 'spawn').catch((cause: unknown) => {
    throw new Error(`${PROGRAM} is missing; install Debian’s docker-registry.`, { cause });
  });
  const said: string[] = [];
  // Read to the end, so that it never waits for room in the pipe.
  const lines = createInterface({ input: program.stderr });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  lines.on('line', (line) => {
    said.push(line);
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  lines.on('close', () => {
    reject(new Error(`The registry has ended:\n${said.join('\n')}`));
  });
  return {
    port: await promise,
    async stop() {
      program.kill('SIGKILL');
      await exited;
    },
  };
}

/** Passes a request on as it is, so that the registry makes its addresses from the proxy’s. */
function forward(
  port: number,
  stallAfter: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    const isLayer = method === 'GET' && Number(answer.headers['content-length']) > SMALL;
    let left = isLayer ? stallAfter : Number.POSITIVE_INFINITY;
    answer.on('data', (chunk: Buffer) => {
      if (left > 0) outgoing.write(chunk.subarray(0, left));
      left -= chunk.length;
    });
    answer.on('end', () => {
      if (left > 0) outgoing.end();
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
