import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { testApp, type TestApp } from '../testing/test-app.ts';
import { CONNECTION_LIMITS } from './limits.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const HEAD = 'POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

async function listening(): Promise<TestApp & { readonly port: number }> {
  const house = await testApp();
  await house.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...house, port: (house.app.server.address() as AddressInfo).port };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

test('a server is made with limits on what a connection may cost', async () => {
  const { app } = await testApp();
  const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = app.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout }).toEqual({
    headersTimeout: CONNECTION_LIMITS.headersTimeout,
    requestTimeout: CONNECTION_LIMITS.requestTimeout,
    keepAliveTimeout: CONNECTION_LIMITS.keepAliveTimeout,
    timeout: 300_000,
  });
});

test('headers that are too large are refused, and the connection ends', async () => {
  const { port } = await listening();
  const socket = await dial(port);
  socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 .*x-content-type-options: nosniff/s);
});

test.each(['gzip', 'deflate', 'br', 'identity, gzip'])(
  'a body that is packed with %s is not unpacked',
  async (coding) => {
    const { app } = await testApp();
    const answer = await app.inject({
      method: 'POST',
      url: '/enroll',
      headers: { 'content-type': 'application/json', 'content-encoding': coding },
      payload: gzipSync(JSON.stringify({ padding: 'x'.repeat(1_000_000) })),
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ code: 'unsupported_media_type' });
  },
);

test('a body without an end ends the connection, and is not read any further', async () => {
  const { port } = await listening();
  const socket = await dial(port);
  socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.resume();
  let written = 0;
  while (!socket.destroyed && written < 100 * 1024 * 1024) {
    written += chunk.length;
    if (socket.write(chunk)) continue;
    await Promise.race([new Promise((drained) => socket.once('drain', drained)), closed]);
  }
  await closed;
  expect(written).toBeLessThan(20 * 1024 * 1024);
});

test('a caller who announces too large a body gets an answer before they send it', async () => {
  const { port } = await listening();
  const answered = Promise.withResolvers<number | undefined>();
  const outgoing = request({
    port,
    method: 'POST',
    path: '/enroll',
    headers: { 'content-type': 'application/json', 'content-length': 100 * 1024 * 1024 },
  });
  outgoing.on('response', ({ statusCode }) => {
    answered.resolve(statusCode);
    outgoing.destroy();
  });
  outgoing.on('error', () => {});
  outgoing.flushHeaders();
  expect(await answered.promise).toBe(413);
});

test('every answer says what browsers may do with it', async () => {
  const house = await testApp();
  const { app } = house;
  const asks = [
    { url: '/healthz' },
    { url: '/nothing' },
    { url: '/get_config' },
    { url: '/%' },
    { url: '/healthz?x' },
    { url: '/enroll', method: 'POST', payload: '{' },
  ] as const;
  for (const ask of asks) {
    expect([ask.url, (await app.inject(ask)).headers]).toEqual([
      ask.url,
      expect.objectContaining(SECURITY_HEADERS),
    ]);
  }
});

test('no answer tells what made it', async () => {
  const { app } = await testApp();
  const { headers } = await app.inject('/healthz');
  expect(Object.keys(headers)).not.toContain('server');
  expect(Object.keys(headers)).not.toContain('x-powered-by');
});
