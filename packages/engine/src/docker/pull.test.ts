import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LayerProgress } from '@berth/contract';
import {
  freePorts,
  removeImage,
  startRegistry,
  testEngine,
  type Registry,
  type TestEngine,
} from '@berth/testbed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problemOf } from '../testing/expect-problem.ts';
import { never } from '../testing/nothing.ts';
import { createDockerEngine } from './engine.ts';

const ignore = () => undefined;

describe('with a registry', () => {
  let registry: Registry;
  let real: TestEngine;
  let image: string;
  beforeEach(async () => {
    real = await testEngine();
    registry = await startRegistry();
    image = `${registry.host}/berth-test/pull:1`;
    await registry.offer(real.docker, image, 3_000_000);
  });
  afterEach(async () => {
    await registry.stop();
    await removeImage(real.docker, image);
  });
  const engineWith = (pullStallMs: number) =>
    createDockerEngine({ host: real.host, timeoutMs: 30_000, pullStallMs });

  test('a pull tells of the layer’s bytes', async () => {
    const heard: LayerProgress[] = [];
    await engineWith(30_000).pull(image, (progress) => heard.push(progress), never());
    expect(heard[0]?.status).toBe('waiting');
    expect(heard.at(-1)).toMatchObject({ status: 'done', total: expect.any(Number) });
    expect(heard.at(-1)?.total).toBeGreaterThan(3_000_000);
    expect(new Set(heard.map(({ layer }) => layer)).size).toBe(1);
  });

  test('an image that loses a layer on the way fails, though the answer began with 200', async () => {
    await registry.loseLayers();
    const engine = engineWith(30_000);
    const heard: LayerProgress[] = [];
    const problem = await problemOf(engine.pull(image, (layer) => heard.push(layer), never()));

    expect(heard.length).toBeGreaterThan(0);
    expect(problem.code).toBe('image_unavailable');
    expect(problem.message).toContain(`The image ${image} could not be fetched: unknown blob.`);
    await expect(engine.hasImage(image)).resolves.toBe(false);
  });

  test('a pull that is cancelled within a layer ends at once, and the engine gives it up', async () => {
    registry.stallLayersAfter(1_000_000);
    const engine = engineWith(30_000);
    const stop = new AbortController();
    const onProgress = ({ status }: LayerProgress) => {
      if (status === 'downloading') stop.abort();
    };
    const problem = await problemOf(engine.pull(image, onProgress, stop.signal));
    expect(problem).toMatchObject({ code: 'cancelled', details: {} });
    await expect(engine.hasImage(image)).resolves.toBe(false);
  });

  test('a layer that stops coming is engine_timeout', async () => {
    registry.stallLayersAfter(1_000_000);
    const engine = engineWith(400);
    const heard: LayerProgress[] = [];
    const problem = await problemOf(engine.pull(image, (layer) => heard.push(layer), never()));
    expect(heard.map(({ status }) => status)).toContain('downloading');
    expect(problem).toMatchObject({ code: 'engine_timeout', details: { outcome: 'unknown' } });
  });

  test('a tag that the registry does not have is told', async () => {
    const missing = image.replace(':1', ':2');
    const problem = await problemOf(engineWith(30_000).pull(missing, ignore, never()));
    expect(problem.message).toContain(`The registry has no image ${missing}.`);
    expect(problem.code).toBe('image_unavailable');
  });

  test('what the caller’s own function throws ends the pull as it is', async () => {
    const bug = new Error('a bug of the caller');
    const fail = () => {
      throw bug;
    };
    await expect(engineWith(30_000).pull(image, fail, never())).rejects.toBe(bug);
  });
});

test('a registry that is down is told', async () => {
  const { host } = await testEngine();
  const engine = createDockerEngine({ host, timeoutMs: 30_000, pullStallMs: 30_000 });
  const [port] = await freePorts(1);
  const image = `127.0.0.1:${port}/berth-test/pull:1`;
  const problem = await problemOf(engine.pull(image, ignore, never()));
  expect(problem.code).toBe('image_unavailable');
  expect(problem.message).toMatch(
    `The registry of the image ${image} cannot be reached from the engine’s machine`,
  );
  expect(problem.message).toContain('connection refused');
});

describe('with an engine that breaks off', () => {
  /** Pulls from an engine that says this, then ends or breaks; the image is never there. */
  async function pullFrom(lines: string, end: 'ends' | 'breaks'): Promise<unknown> {
    const server = createServer((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(404).end('{"message":"No such image"}');
        return;
      }
      response.write(lines, () => {
        if (end === 'ends') response.end();
        else response.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const host = `tcp://127.0.0.1:${port}`;
    const engine = createDockerEngine({ host, timeoutMs: 10_000, pullStallMs: 10_000 });
    try {
      return await engine.pull('image:1', ignore, never()).catch((error: unknown) => error);
    } finally {
      engine.close();
      server.close();
    }
  }
  const line = '{"status":"Pulling fs layer","id":"a"}\n';

  test('an answer that is cut is never success', async () => {
    await expect(pullFrom(line, 'breaks')).resolves.toMatchObject({
      code: 'engine_unavailable',
      details: { outcome: 'unknown' },
    });
  });

  test('an answer that ends without the image is never success', async () => {
    await expect(pullFrom(line, 'ends')).resolves.toMatchObject({ code: 'image_unavailable' });
  });

  test('an answer that ends within a line is never success', async () => {
    const cut = await pullFrom(`${line}\n{"status":"Pull comp`, 'ends');
    expect(cut).toBeInstanceOf(SyntaxError);
  });
});
