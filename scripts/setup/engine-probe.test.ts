import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addressOf, probe } from './engine-probe.ts';

let folder: string;
let socket: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-probe-'));
  socket = join(folder, 'socket');
});

afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function serve(listener: RequestListener): Promise<void> {
  server = createServer(listener).listen(socket);
  await once(server, 'listening');
}

test('an engine says its version', async () => {
  await serve((_, response) => response.end('{"Version":"28.1"}'));
  expect(await probe(`unix://${socket}`)).toEqual({ kind: 'answers', version: '28.1' });
});

test('a missing socket is told from one that nobody listens on', async () => {
  expect(await probe(`unix://${socket}`)).toEqual({ kind: 'missing' });
  expect(await probe('tcp://127.0.0.1:1')).toEqual({ kind: 'stale' });
});

test.each(['Hello', '[]', 'null', '{"version":1}'])('%s is no engine’s answer', async (body) => {
  await serve((_, response) => response.end(body));
  expect(await probe(`unix://${socket}`)).toMatchObject({
    kind: 'failed',
    reason: 'what answers is no Docker engine',
  });
});

test('an answer that breaks off is a failure with its reason', async () => {
  await serve((request) => request.socket.destroy());
  expect(await probe(`unix://${socket}`)).toEqual({ kind: 'failed', reason: 'socket hang up' });
});

test('an address is a socket or a port', () => {
  expect(addressOf('unix:///run/a b.sock')).toEqual({ socketPath: '/run/a b.sock' });
  expect(addressOf('tcp://lab:2375')).toEqual({ host: 'lab', port: '2375' });
});

test.each(['ssh://me@lab', 'unix://docker.sock', 'tcp://lab', 'lab:2375', 'https://lab:2376', ''])(
  'the address %j is refused',
  (host) => {
    expect(() => addressOf(host)).toThrow('must be unix:///PATH or tcp://HOST:PORT');
  },
);
