import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testEngine } from '@berth/testbed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine, EngineId } from '../port.ts';
import { problemOf } from '../testing/expect-problem.ts';
import { createDockerEngine } from './engine.ts';

const ID = 'a'.repeat(64) as EngineId;

let directory: string;
let cleanup: (() => unknown)[];
beforeEach(async () => {
  cleanup = [];
  directory = await mkdtemp(join(tmpdir(), 'berth-engine-'));
});
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  await rm(directory, { recursive: true, force: true });
});

function engineAt(host: string, timeoutMs = 10_000): Engine {
  const engine = createDockerEngine({ host, timeoutMs, pullStallMs: timeoutMs });
  cleanup.push(() => engine.close());
  return engine;
}

/** Listens on a socket of the test’s directory, or on a free port; ends with the test. */
async function listen(server: Server, where: 'socket' | 'port' = 'socket'): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // what the other side did to it is the test’s subject
  });
  const path = join(directory, 'docker.sock');
  server.listen(where === 'socket' ? { path } : { host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  cleanup.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address() as AddressInfo;
  return where === 'socket' ? `unix://${path}` : `tcp://127.0.0.1:${address.port}`;
}

/** An engine that answers every request with these bytes and then does this. */
async function engineSaying(answer: string, then: (socket: Socket) => void): Promise<Engine> {
  const server = createServer((socket) => {
    socket.once('data', () => socket.write(answer, () => then(socket)));
  });
  return engineAt(await listen(server, 'port'));
}

describe('an engine that cannot be reached is engine_unavailable', () => {
  test('the socket is missing', async () => {
    const host = `unix://${directory}/missing.sock`;
    const problem = await problemOf(engineAt(host).version());
    expect(problem).toMatchObject({ code: 'engine_unavailable', details: {} });
    expect(problem.message).toContain(`no container engine at ${host}: the socket does not exist`);
    expect(problem.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('the socket is there and nobody listens: the engine was killed', async () => {
    const path = join(directory, 'stale.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const problem = await problemOf(engineAt(`unix://${path}`).version());
    expect(problem).toMatchObject({ code: 'engine_unavailable', details: {} });
    expect(problem.message).toMatch(/is not running.*systemctl start docker/);
    expect(problem.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('the socket may not be opened', async () => {
    const host = await listen(createServer());
    await chmod(host.slice('unix://'.length), 0);
    await chmod(directory, 0o755);
    // Root may open anything, so another account has to try.
    const script = `
      import { createDockerEngine } from ${JSON.stringify(new URL('engine.ts', import.meta.url).href)};
      const engine = createDockerEngine({ host: '${host}', timeoutMs: 10_000, pullStallMs: 1 });
      await engine.version().catch(({ code, message, cause }) =>
        console.log(JSON.stringify({ code, message, cause: cause.code })));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: '/',
      env: { ...process.env, NODE_V8_COVERAGE: undefined },
      ...(process.getuid?.() === 0 && { uid: 65_534, gid: 65_534 }),
    });
    const said = await child.stdout.setEncoding('utf8').toArray();
    expect(JSON.parse(said.join(''))).toEqual({
      code: 'engine_unavailable',
      message: expect.stringMatching(`^No permission to use the container engine at ${host}`),
      cause: 'EACCES',
    });
  });

  test('its host does not exist', async () => {
    const problem = await problemOf(engineAt('tcp://engine.invalid:2375').version());
    expect(problem.code).toBe('engine_unavailable');
    expect(problem.message).toContain('tcp://engine.invalid:2375 cannot be reached');
  });

  test('what answers speaks no HTTP', async () => {
    const engine = await engineSaying('SSH-2.0-OpenSSH_9.2\r\n', (socket) => socket.end());
    const problem = await problemOf(engine.version());
    expect(problem.code).toBe('engine_unavailable');
    expect(problem.message).toContain('is not a container engine');
  });

  test.each([
    ['another page', 'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"hello":"you"}'],
    ['a page that is no JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>'],
    ['a redirect', 'HTTP/1.1 301 Moved\r\nLocation: /version/\r\nContent-Length: 0\r\n\r\n'],
  ])('what answers is a web server, with %s', async (_, answer) => {
    const engine = await engineSaying(answer, (socket) => socket.end());
    for (const asking of [engine.version(), engine.info()]) {
      const problem = await problemOf(asking);
      expect(problem.code).toBe('engine_unavailable');
      expect(problem.message).toContain('is not a container engine');
    }
  });
});

describe('an answer that is lost leaves the outcome unknown', () => {
  const begun = 'HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"Id":"';

  test.each([
    [
      'the connection is reset within the answer',
      begun,
      (socket: Socket) => socket.resetAndDestroy(),
    ],
    ['the connection ends within the answer', begun, (socket: Socket) => socket.end()],
    ['the connection ends before the answer', '', (socket: Socket) => socket.end()],
  ])('%s', async (_, answer, then) => {
    const engine = await engineSaying(answer, then);
    const problem = await problemOf(engine.startContainer(ID));
    expect(problem).toMatchObject({ code: 'engine_unavailable', details: { outcome: 'unknown' } });
    expect(problem.message).toContain('look before you try again');
  });

  test.each([
    ['a call', (engine: Engine) => engine.startContainer(ID)],
    ['a stop, whose grace is not part of it', (engine: Engine) => engine.stopContainer(ID, 0)],
    [
      'a pull',
      (engine: Engine) => engine.pull('image:1', () => undefined, new AbortController().signal),
    ],
    [
      'the opening of a stream',
      (engine: Engine) => engine.events({}, new AbortController().signal),
    ],
  ])('an engine that accepts and never answers: %s ends at its deadline', async (_, ask) => {
    const engine = engineAt(await listen(createServer()), 50);
    const problem = await problemOf(ask(engine));
    expect(problem).toMatchObject({ code: 'engine_timeout', details: { outcome: 'unknown' } });
    expect(problem.message).toContain('has said nothing for 0.05 s');
  });

  test('an engine that falls silent within its answer ends at the deadline', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.write(begun)));
    const engine = engineAt(await listen(server), 50);
    await expect(problemOf(engine.networks())).resolves.toMatchObject({ code: 'engine_timeout' });
  });
});

describe('connections', () => {
  /** A web server that passes for an engine, and counts. */
  function countingServer() {
    const server = createHttpServer((_, response) => response.end('{"Version":"1"}'));
    let connections = 0;
    server.on('connection', () => (connections += 1));
    return { server, connections: () => connections };
  }

  test('one connection serves one call after another', async () => {
    const { server, connections } = countingServer();
    const engine = engineAt(await listen(server));
    for (let call = 0; call < 5; call += 1) await expect(engine.version()).resolves.toBe('1');
    expect(connections()).toBe(1);
  });

  test('an engine is reached over TCP as well', async () => {
    const { server } = countingServer();
    await expect(engineAt(await listen(server, 'port')).version()).resolves.toBe('1');
  });

  test.each(['tcp://127.0.0.1', 'http://127.0.0.1:2375', 'nonsense'])(
    'a host of another form is refused: %s',
    async (host) => {
      await expect(engineAt(host).version()).rejects.toThrow(host);
    },
  );

  test('DOCKER_HOST does not lead elsewhere', async () => {
    const { host } = await testEngine();
    const before = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    try {
      await expect(engineAt(host).version()).resolves.toMatch(/^\d/);
    } finally {
      if (before === undefined) delete process.env['DOCKER_HOST'];
      else process.env['DOCKER_HOST'] = before;
    }
  });
});
