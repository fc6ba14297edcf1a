import { once } from 'node:events';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { createLog } from '@berth/logs';
import { Type } from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import { createActingNow } from '../acting.ts';
import { makeSelfSigned } from '../certificate/self-signed.ts';
import { createApp, type App } from './app.ts';
import { createConnections, type Connections } from './connections.ts';

const NOW = new Date();
const credentials = async (): Promise<{ cert: Buffer; key: Buffer }> => {
  const { cert, key } = await makeSelfSigned(['localhost', '127.0.0.1'], NOW);
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
};
const [first, second] = await Promise.all([credentials(), credentials()]);

interface Listening {
  readonly port: number;
  readonly connections: Connections;
  readonly settings: {
    trustedProxies: string[];
    connections: { most: number; mostPerAddress: number };
  };
}

async function listening(isSecure: boolean, host = '127.0.0.1'): Promise<Listening> {
  const settings = { trustedProxies: [], connections: { most: 10, mostPerAddress: 3 } };
  const connections = createConnections({
    settings: () => settings,
    ...(isSecure && { credentials: first }),
  });
  const app: App = createApp({
    log: createLog({ write: () => {}, level: () => 'error', now: () => NOW }),
    connections,
    counts: { add: () => {} },
    limits: { known: () => {}, fromAddress: () => {} },
    acting: createActingNow(),
    authenticate: () => {
      throw new Error('Nobody is asked');
    },
  });
  const schema = { tags: ['reference'], summary: 'Who', response: { 200: Type.Unknown() } };
  app.route({
    method: ['GET', 'POST'],
    url: '/who',
    config: { access: 'anyone' },
    schema,
    handler: ({ ip, protocol, host: name }) => ({ ip, protocol, host: name }),
  });
  await app.listen({ host, port: 0 });
  onTestFinished(() => app.close());
  return { port: (app.server.address() as AddressInfo).port, connections, settings };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function ask(
  url: string,
  headers: Record<string, string> = {},
  options: { ca?: Buffer; agent?: Agent; localAddress?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.startsWith('https:') ? secureRequest : plainRequest;
  request(url, { headers, ...options }, resolve)
    .on('error', reject)
    .end();
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  socket.on('secureConnect', () => {
    resolve(socket);
  });
  socket.on('error', reject);
  onTestFinished(() => void socket.destroy());
  return promise;
}

async function dial(port: number, host = '127.0.0.1'): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket: Socket = connectPlain(port, host, () => {
    resolve(socket);
  });
  socket.on('error', reject);
  onTestFinished(() => void socket.destroy());
  return promise;
}

function addressOfOurs(): string {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === 'IPv4' && !found.internal)?.address;
  if (own === undefined) throw new Error('This machine has no address but loopback');
  return own;
}

test('HTTPS is served to who trusts the certificate', async () => {
  const { port } = await listening(true);
  const answer = await ask(`https://127.0.0.1:${port}/who`, {}, { ca: first.cert });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ protocol: 'https' });
  await expect(ask(`https://127.0.0.1:${port}/who`)).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
});

test.each([
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
] as const)('%s with %s is spoken', async (version, ciphers) => {
  const { port } = await listening(true);
  const socket = await handshake(port, { minVersion: version, maxVersion: version, ciphers });
  expect([socket.getProtocol(), socket.getCipher().name]).toEqual([version, ciphers]);
});

test.each([
  ['TLSv1.1', 'ALL:@SECLEVEL=0'],
  ['TLSv1', 'ALL:@SECLEVEL=0'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-CCM'],
  ['TLSv1.2', 'DHE-RSA-AES128-GCM-SHA256'],
  ['TLSv1.2', 'AES128-GCM-SHA256'],
] as const)('TLS: %s with %s is not', async (version, ciphers) => {
  const { port } = await listening(true);
  const attempt = handshake(port, { minVersion: version, maxVersion: version, ciphers });
  await expect(attempt).rejects.toMatchObject({
    code: expect.stringMatching(/ALERT|EPROTO/) as string,
  });
});

test('a new certificate holds from the next connection on, and no connection is dropped', async () => {
  const { port, connections } = await listening(true);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
  });
  const url = `https://127.0.0.1:${port}/who`;
  await ask(url, {}, { ca: first.cert, agent });
  connections.renew(second);
  // Its certificate is not trusted here: only the connection that there is can carry it.
  expect((await ask(url, {}, { ca: first.cert, agent })).status).toBe(200);
  expect((await ask(url, {}, { ca: second.cert })).status).toBe(200);
  await expect(ask(url, {}, { ca: first.cert })).rejects.toMatchObject({
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  const weak = handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' });
  await expect(weak).rejects.toMatchObject({ code: expect.stringMatching(/ALERT/) as string });
});

test('plain HTTP on the port of HTTPS is told so', async () => {
  const { port } = await listening(true);
  const answer = await ask(`http://127.0.0.1:${port}/who`);
  expect(answer).toMatchObject({
    status: 400,
    headers: { connection: 'close', 'x-content-type-options': 'nosniff' },
  });
  expect(answer.headers.location).toBeUndefined();
  expect(JSON.parse(answer.body)).toMatchObject({
    code: 'bad_request',
    message: 'This port speaks HTTPS: the address starts with https://.',
  });
});

test('what is neither is hung up on', async () => {
  const { port } = await listening(true);
  const socket = await dial(port);
  socket.end('EHLO example\r\n\r\n');
  expect(await text(socket)).not.toContain('HTTP');
});

test('an address that somebody claims is believed of a trusted proxy only', async () => {
  const { port, settings } = await listening(false);
  const url = `http://127.0.0.1:${port}/who`;
  const forwarded = {
    'x-forwarded-for': '192.0.2.66, 198.51.100.7, 10.0.0.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'berth.example',
  };
  expect(JSON.parse((await ask(url, forwarded)).body)).toEqual({
    ip: '127.0.0.1',
    protocol: 'http',
    host: `127.0.0.1:${port}`,
  });
  settings.trustedProxies = ['127.0.0.1', '10.0.0.0/8'];
  // The first that is no proxy, from the right: what is to the left of it anybody can have written.
  expect(JSON.parse((await ask(url, forwarded)).body)).toEqual({
    ip: '198.51.100.7',
    protocol: 'https',
    host: 'berth.example',
  });
});

test('plain HTTP is for this machine and the proxies', async () => {
  const { port, settings } = await listening(false, '0.0.0.0');
  const own = addressOfOurs();
  expect((await ask(`http://127.0.0.1:${port}/who`)).status).toBe(200);
  const url = `http://${own}:${port}/who`;
  const refused = await ask(url, { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' });
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'forbidden' });
  expect((await ask(`http://${own}:${port}/nothing`)).status).toBe(403);
  settings.trustedProxies = [own];
  expect((await ask(url, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
});

/** Whether it stays open: one that is hung up on ends without a byte. */
async function isServed(socket: Socket): Promise<boolean> {
  socket.write('GET /who HTTP/1.1\r\nHost: x\r\n\r\n');
  const [data] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [unknown];
  return Buffer.isBuffer(data);
}

test('who has too many connections gets no more of them, until one of theirs ends', async () => {
  const { port, settings } = await listening(false, '0.0.0.0');
  const own = addressOfOurs();
  const served: Socket[] = [];
  for (const _ of [1, 2, 3]) {
    const socket = await dial(port, own);
    expect(await isServed(socket)).toBe(true);
    served.push(socket);
  }
  expect(await isServed(await dial(port, own))).toBe(false);
  // Others do not suffer for it, and this machine may have any number.
  for (const _ of [1, 2, 3, 4]) expect(await isServed(await dial(port))).toBe(true);
  settings.trustedProxies = [own];
  expect(await isServed(await dial(port, own))).toBe(true);
  settings.trustedProxies = [];
  for (const socket of served.slice(0, 2)) {
    socket.destroy();
    await once(socket, 'close');
  }
  await expect.poll(async () => isServed(await dial(port, own))).toBe(true);
});

test('no more connections are served than there may be', async () => {
  const { port, settings } = await listening(false);
  settings.connections.most = 2;
  expect(await isServed(await dial(port))).toBe(true);
  expect(await isServed(await dial(port))).toBe(true);
  expect(await isServed(await dial(port))).toBe(false);
  settings.connections.most = 3;
  expect(await isServed(await dial(port))).toBe(true);
});
