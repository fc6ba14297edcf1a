import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import {
  ConfigView,
  ContainerList,
  EnrolmentView,
  Health,
  Pong,
  ProblemBody,
  PROBLEM_STATUS,
  StartEvent,
  StopResult,
  type ContainerView,
  type ProblemCode,
} from '@berth/contract';
import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';

/** What a route does with a request. */
export type Handler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** The API, played at the port: no logic, but every answer is checked against the contract. */
export interface StandIn {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Replaces a route’s handler: `GET /containers`, `POST /containers/:id/stop`. */
  on(route: string, handler: Handler): void;
  close(): Promise<void>;
}

export const ALICE = { id: '6b1f0a3e-2c5d-4f8e-9a07-1d2e3f405162', username: 'alice' };
export const CLIENT = '0f4e7a52-93c1-4b60-8d2f-6a5b4c3d2e1f';
export const SECRET = 'A'.repeat(43);

export const CONFIG: ConfigView = {
  revision: 'r1',
  user: ALICE,
  limits: { containers: 5, cpus: 4, memory: '8g', pids: 2048 },
  templates: {
    'python-lab': {
      description: 'JupyterLab',
      image: 'registry.example/python-lab:2026.11',
      resources: { cpus: 2, memory: '4g', pids: 512 },
      volumes: [{ name: 'home', target: '/home/user', persistent: true }],
      ports: [{ container: 8888, protocol: 'tcp', label: 'web' }],
    },
    shell: {
      description: '',
      image: 'debian:12',
      resources: { cpus: 0.5, memory: '512m', pids: 64 },
      volumes: [],
      ports: [],
    },
  },
};

export const LAB: ContainerView = {
  id: '11111111-1111-4111-8111-111111111111',
  template: 'python-lab',
  owner: ALICE,
  image: 'registry.example/python-lab:2026.11',
  state: 'running',
  created: '2026-11-23T10:00:00Z',
  resources: { cpus: 2, memory: '4g', pids: 512 },
  network: 'berth.alice',
  ports: [
    {
      container: 8888,
      protocol: 'tcp',
      host_address: '127.0.0.1',
      host_port: 20001,
      label: 'web',
    },
  ],
  volumes: [
    { name: 'home', target: '/home/user', persistent: true },
    { name: 'scratch', target: '/scratch', persistent: false },
  ],
};

export const EXAM: ContainerView = {
  ...LAB,
  id: '22222222-2222-4222-8222-222222222222',
  name: 'exam',
  state: 'exited',
  exit_code: 137,
  ports: [],
  volumes: [],
};

/** Answers with JSON of this shape; a value that does not have it fails the test that made it. */
export function json<T extends TSchema>(schema: T, value: Static<T>, status = 200): Handler {
  if (!Check(schema, value)) {
    throw new TypeError(`Not what the contract says: ${JSON.stringify(Errors(schema, value))}`);
  }
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(value));
  };
}

export function problem(
  code: ProblemCode,
  message: string,
  details: Record<string, unknown> = {},
): Handler {
  return json(ProblemBody, { code, message, details, request_id: 'req-7' }, PROBLEM_STATUS[code]);
}

/** Streams events; `then` decides what comes after them. */
export function events(
  list: readonly StartEvent[],
  then: (response: ServerResponse) => void = (response) => response.end(),
): Handler {
  for (const event of list) {
    if (!Check(StartEvent, event)) throw new TypeError(`No such event: ${JSON.stringify(event)}`);
  }
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const event of list) response.write(`${JSON.stringify(event)}\n`);
    then(response);
  };
}

export const STARTED: readonly StartEvent[] = [
  { event: 'pulling', image: LAB.image },
  { event: 'layer', layer: 'aaaaaaaaaaaaaaaa', status: 'waiting' },
  { event: 'layer', layer: 'aaaaaaaaaaaaaaaa', status: 'downloading', current: 512, total: 2048 },
  { event: 'layer', layer: 'aaaaaaaaaaaaaaaa', status: 'done' },
  { event: 'creating' },
  { event: 'starting' },
  { event: 'done', outcome: 'started', container: LAB },
];

export async function startStandIn(): Promise<StandIn> {
  const seen: SeenRequest[] = [];
  const routes = new Map<string, Handler>([
    [
      'GET /healthz',
      json(Health, {
        status: 'ok',
        version: '0.1.0',
        config: { revision: 'r1', rejected: false },
        log: { faulty: false },
        certificate: null,
      }),
    ],
    ['GET /get_config', json(ConfigView, CONFIG)],
    ['POST /ping', json(Pong, { time: '2026-11-23T10:00:00Z', revision: 'r1' })],
    ['GET /containers', json(ContainerList, { containers: [LAB, EXAM] })],
    ['POST /containers', events(STARTED)],
    [
      'POST /containers/:id/stop',
      json(StopResult, {
        container: LAB,
        removed_volumes: ['scratch'],
        kept_volumes: ['home'],
        removed_network: true,
      }),
    ],
    [
      'POST /enroll',
      json(EnrolmentView, { id: CLIENT, state: 'approved', username: 'alice' }, 201),
    ],
  ]);

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    seen.push(request);
    const route = `${request.method} ${request.path.replaceAll(/[0-9a-f-]{36}/g, ':id')}`;
    const handler = routes.get(route) ?? problem('not_found', `No route ${route}`);
    await handler(request, response);
  };
  const server = createServer((incoming, response) => void serve(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests: seen,
    on: (route, handler) => {
      routes.set(route, handler);
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}
