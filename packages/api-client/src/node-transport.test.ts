import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { createNodeTransport, type NodeTransportOptions } from './node-transport.ts';
import type { ApiRequest } from './transport.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function listen(server: TcpServer): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener));

const GET: ApiRequest = {
  method: 'GET',
  path: '/x',
  headers: { accept: 'application/json' },
  body: undefined,
  patience: 10_000,
  signal: undefined,
};
const POST: ApiRequest = { ...GET, method: 'POST', body: '{"ä":1}', patience: undefined };

async function send(
  server: string,
  request: ApiRequest,
  options: Omit<NodeTransportOptions, 'server'> = {},
): Promise<string> {
  const { status, header, body } = await createNodeTransport({ server, ...options }).send(request);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return `${status} ${header('x-answer')} ${header('set-cookie')} ${Buffer.concat(chunks).toString()}`;
}

test('carries method, path, headers and body there and the answer back', async () => {
  const port = await serve((request, response) => {
    request.setEncoding('utf8');
    let text = '';
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method, url, headers } = request;
      response.setHeader('x-answer', 'yes').setHeader('set-cookie', ['a', 'b']).writeHead(418);
      response.end([method, url, headers.accept, headers['content-length'], text].join(' '));
    });
  });
  expect(await send(`http://127.0.0.1:${port}/base`, POST)).toBe(
    '418 yes a, b POST /base/x application/json 8 {"ä":1}',
  );
});

test('says that nothing answers where no server listens', async () => {
  const server: Server = createServer();
  const port = await listen(server);
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  await expect(send(`http://127.0.0.1:${port}`, GET)).rejects.toMatchObject({
    code: 'server_unreachable',
    details: { reason: 'ECONNREFUSED' },
  });
});

test('gives up on a connection that does not come about', async () => {
  const port = await listen(createTcpServer());
  await expect(
    send(`https://127.0.0.1:${port}`, POST, { connectTimeout: 50 }),
  ).rejects.toMatchObject({ details: { reason: 'ETIMEDOUT' } });
});

test('gives up on a server that falls silent', async () => {
  const port = await serve(() => undefined);
  await expect(send(`http://127.0.0.1:${port}`, { ...GET, patience: 50 })).rejects.toMatchObject({
    details: { reason: 'ETIMEDOUT' },
  });
});

test.each([
  ['before its answer', false],
  ['in the middle of it', true],
])('fails where the connection breaks %s', async (_, hasBegun) => {
  const port = await serve((request, response) => {
    request.resume();
    if (hasBegun) response.write('half', () => response.destroy());
    else response.destroy();
  });
  const server = `http://127.0.0.1:${port}`;
  await expect(send(server, GET)).rejects.toMatchObject({
    code: 'server_unreachable',
    details: { reason: hasBegun ? 'broken' : 'ECONNRESET' },
  });
  // Nobody knows then whether it was done.
  await expect(send(server, POST)).rejects.toMatchObject({
    message: expect.stringContaining('may be done all the same'),
  });
});

test('does not take another protocol for Berth', async () => {
  const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
  const rejected = { details: { reason: 'not_berth' } };
  await expect(send(`http://127.0.0.1:${port}`, GET)).rejects.toMatchObject(rejected);
  await expect(send(`http://127.0.0.1:${port}`, POST)).rejects.toMatchObject(rejected);
});

test('knows a server that does not speak HTTPS', async () => {
  const port = await serve((_, response) => response.end());
  await expect(send(`https://127.0.0.1:${port}`, GET)).rejects.toMatchObject({
    details: { reason: 'EPROTO' },
  });
});

test('does not trust a certificate that nobody vouches for', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-tls-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  const options = [...request.split(' '), '-subj', '/CN=localhost', '-keyout', key, '-out', cert];
  await promisify(execFile)('openssl', options);
  const [keyText, certText] = await Promise.all([readFile(key), readFile(cert)]);
  const port = await listen(createSecureServer({ key: keyText, cert: certText }));
  await expect(send(`https://127.0.0.1:${port}`, GET)).rejects.toMatchObject({
    details: { reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    message: expect.stringContaining('NODE_EXTRA_CA_CERTS=FILE'),
  });
});

test.each([
  ['before it is sent', 'before'],
  ['while it waits', 'waiting'],
  ['in the middle of the answer', 'reading'],
])('is cancelled %s', async (_, when) => {
  const abort = new AbortController();
  const port = await serve((_request, response) => {
    if (when === 'reading') response.write('half');
    else abort.abort();
  });
  if (when === 'before') abort.abort();
  const transport = createNodeTransport({ server: `http://127.0.0.1:${port}` });
  const reading = (async () => {
    const { body } = await transport.send({ ...GET, signal: abort.signal });
    for await (const chunk of body) if (chunk.length > 0) abort.abort();
  })();
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
});
