import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ContainerView, StartEvent } from '@berth/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiClient, type ApiClient } from './index.ts';
import { createNodeTransport } from './node-transport.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const SECRET = 'A'.repeat(43);

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

let server: Server;
let url: string;
let answer: Answer;
let seen: { line: string; headers: IncomingMessage['headers']; body: string }[];

beforeEach(async () => {
  seen = [];
  answer = {};
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const { status = 200, type = 'application/json', headers = {} } = answer;
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  };
  server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

function client(options: { credential?: { clientId: string; secret: string } } = {}): ApiClient {
  return createApiClient({ transport: createNodeTransport({ server: url }), ...options });
}

const CONTAINER: ContainerView = {
  id: ID,
  template: 'lab',
  owner: { id: ID, username: 'alice' },
  image: 'i',
  state: 'running',
  created: '2026-11-23T10:00:00Z',
  resources: { cpus: 1, memory: '1g', pids: 10 },
  network: null,
  ports: [],
  volumes: [],
};
const VIEW = { id: ID, state: 'approved', username: 'alice' };
const CONFIG = {
  revision: 'r1',
  user: { id: ID, username: 'alice' },
  limits: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
  templates: {},
};

test.each<[string, (api: ApiClient) => Promise<unknown>, unknown]>([
  [
    'GET /healthz',
    (api) => api.health(),
    {
      status: 'ok',
      version: '1',
      config: { revision: 'r', rejected: false },
      log: { faulty: false },
      certificate: null,
    },
  ],
  ['POST /ping', (api) => api.ping(), { time: 't', revision: 'r' }],
  [
    'POST /enroll',
    (api) => api.enrol({ client_id: ID, token_hash: `sha256:${'0'.repeat(64)}`, name: 'n' }),
    VIEW,
  ],
  [`GET /enroll/${ID}`, (api) => api.enrolment(ID), VIEW],
  ['GET /containers', (api) => api.containers(), { containers: [CONTAINER] }],
  [
    'POST /containers/lab.exam/stop',
    (api) => api.stop('lab.exam'),
    { container: CONTAINER, removed_volumes: [], kept_volumes: [], removed_network: false },
  ],
])('%s gives what the server answered', async (line, call, body) => {
  answer = { status: line === 'POST /enroll' ? 201 : 200, body };
  expect(await call(client())).toEqual(body);
  expect(seen.map((request) => request.line)).toEqual([line]);
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

test('proves itself with its credential', async () => {
  answer = { body: { containers: [] } };
  await client({ credential: { clientId: ID, secret: SECRET } }).containers();
  expect(seen[0]?.headers.authorization).toBe(`Bearer ${ID}.${SECRET}`);
});

test('fetches the configuration only when it has changed', async () => {
  answer = { body: CONFIG, headers: { etag: '"r1"' } };
  const first = await client().getConfig();
  expect(first).toEqual({ changed: true, config: CONFIG, etag: '"r1"' });
  answer = { status: 304 };
  expect(await client().getConfig('"r1"')).toEqual({ changed: false });
  expect(seen[1]?.headers['if-none-match']).toBe('"r1"');
});

test('throws the problem that the server answered, with the id of the request', async () => {
  answer = {
    status: 409,
    body: { code: 'limit_exceeded', message: 'No.', details: { limit: '5' }, request_id: 'req-1' },
  };
  const rejected = {
    code: 'limit_exceeded',
    message: 'No.',
    details: { limit: '5', request_id: 'req-1' },
  };
  await expect(client().containers()).rejects.toMatchObject(rejected);
  await expect(collect(client())).rejects.toMatchObject(rejected);
});

test.each<[string, Answer]>([
  ['a web page', { type: 'text/html', body: '<h1>It works!</h1>' }],
  ['a failing proxy', { status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' }],
  ['text that calls itself JSON', { body: 'OK' }],
  ['an error in a shape of its own', { status: 404, body: { error: 'Not found' } }],
  ['a redirect', { status: 302, type: 'text/html', headers: { location: '/login' }, body: '' }],
])('does not take %s for Berth', async (_, given) => {
  answer = given;
  const rejected = { code: 'server_unreachable', details: { reason: 'not_berth' } };
  await expect(client().health()).rejects.toMatchObject(rejected);
  await expect(collect(client())).rejects.toMatchObject(rejected);
});

test('says so when an answer is of another version', async () => {
  answer = { body: { containers: [{ ...CONTAINER, state: 'frozen' }] } };
  await expect(client().containers()).rejects.toMatchObject({
    details: { reason: 'other_version', path: '/containers' },
  });
});

test('overlooks what only a newer server says', async () => {
  const templates = { lab: { ...TEMPLATE, motto: 'new' } };
  answer = { body: { ...CONFIG, templates, news: [1] } };
  expect(await client().getConfig()).toMatchObject({
    config: { ...CONFIG, templates: { lab: TEMPLATE } },
  });
  answer = { body: { containers: [{ ...CONTAINER, mood: 'good' }] } };
  expect(await client().containers()).toEqual({ containers: [CONTAINER] });
  answer = { body: { ...CONFIG, templates: { 'not a name': TEMPLATE } } };
  await expect(client().getConfig()).rejects.toMatchObject({ code: 'server_unreachable' });
});

const TEMPLATE = {
  description: '',
  image: 'i',
  resources: { cpus: 1, memory: '1g', pids: 10 },
  volumes: [],
  ports: [],
};

const DONE: StartEvent = { event: 'done', outcome: 'started', container: CONTAINER };

async function collect(api: ApiClient): Promise<StartEvent[]> {
  const events: StartEvent[] = [];
  for await (const event of api.start({ template: 'lab' })) events.push(event);
  return events;
}

function stream(...events: readonly unknown[]): Answer {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  return { type: 'application/x-ndjson', body: lines.join('') };
}

test('gives the events of a start up to its outcome', async () => {
  const layer = { event: 'layer', layer: 'a', status: 'done', shade: 'new' };
  answer = stream({ event: 'pulling', image: 'i' }, layer, { event: 'queued', place: 3 }, DONE);
  expect(await collect(client())).toEqual([
    { event: 'pulling', image: 'i' },
    { event: 'layer', layer: 'a', status: 'done' },
    DONE,
  ]);
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ template: 'lab' });
});

test('throws after the event that says it failed', async () => {
  const problem = { code: 'disk_full', message: 'Full.', details: {}, request_id: 'req-2' };
  answer = stream({ event: 'creating' }, { event: 'failed', problem });
  const events: string[] = [];
  const reading = (async () => {
    for await (const { event } of client().start({ template: 'lab' })) events.push(event);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'disk_full', message: 'Full.' });
  expect(events).toEqual(['creating', 'failed']);
});

test.each<[string, Answer, string]>([
  ['ends without an outcome', stream({ event: 'creating' }), 'broken'],
  ['is empty', stream(), 'broken'],
  [
    'is cut off in its last line',
    { type: 'application/x-ndjson', body: JSON.stringify(DONE) },
    'broken',
  ],
  ['holds what is not JSON', { type: 'application/x-ndjson', body: 'x\n' }, 'not_berth'],
  ['holds no event', stream(null), 'other_version'],
  ['holds an outcome it does not know', stream({ event: 'done' }), 'other_version'],
  [
    'has a line without end',
    { type: 'application/x-ndjson', body: 'x'.repeat(2 * 1024 * 1024) },
    'not_berth',
  ],
])('fails where the stream of a start %s', async (_, given, reason) => {
  answer = given;
  await expect(collect(client())).rejects.toMatchObject({
    code: 'server_unreachable',
    details: { reason },
  });
});
