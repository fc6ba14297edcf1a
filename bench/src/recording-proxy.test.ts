import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openRecordingProxy, type RecordedCall } from './recording-proxy.ts';

test('a call passes through unchanged, and is recorded once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-proxy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [engineSocket, proxySocket] = [join(folder, 'engine'), join(folder, 'proxy')];
  const engine = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      outgoing.writeHead(201, { 'x-engine': 'yes' });
      outgoing.end(`${incoming.method} ${incoming.url} ${body}`);
    });
  }).listen(engineSocket);
  onTestFinished(() => void engine.close());
  await once(engine, 'listening');
  const proxy = await openRecordingProxy(engineSocket, proxySocket);
  onTestFinished(() => proxy.close());

  const id = 'ab'.repeat(32);
  const path = `/containers/${id}/stop?t=1`;
  const before = performance.now();
  const call = request({ socketPath: proxySocket, method: 'POST', path });
  call.end('hello');
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  expect(answer).toMatchObject({ statusCode: 201, headers: { 'x-engine': 'yes' } });
  expect(await text(answer)).toBe(`POST ${path} hello`);

  const calls: RecordedCall[] = [];
  await expect.poll(() => calls.push(...proxy.take())).toBe(1);
  const [{ what, start, end } = expect.fail()] = calls;
  expect(what).toBe('POST /containers/ID/stop');
  expect(start).toBeGreaterThanOrEqual(before);
  expect(end).toBeGreaterThanOrEqual(start);
  expect(proxy.take()).toEqual([]);
});
