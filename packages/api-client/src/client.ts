import {
  ConfigView,
  ContainerList,
  EnrolmentView,
  formatAuthorization,
  Health,
  Pong,
  type Problem,
  ProblemBody,
  StartEvent,
  StopResult,
  type ContainerRef,
  type Credential,
  type EnrolmentRequest,
  type StartRequest,
  type Uuid,
} from '@berth/contract';
import type { Static, TSchema } from 'typebox';
import { parse, parseJson, problemOf, readJson } from './answer.ts';
import { linesOf } from './lines.ts';
import type { ApiResponse, Transport } from './transport.ts';
import { broken, notBerth, otherVersion } from './unreachable.ts';

const PATIENCE_MS = 30_000;
/** Stopping waits for the container to end by itself, and then removes what it left. */
const STOP_PATIENCE_MS = 180_000;

export interface ApiClientOptions {
  readonly transport: Transport;
  /** Absent before the client is enrolled. */
  readonly credential?: Credential;
  /** Ends whatever is under way, with `cancelled`. */
  readonly signal?: AbortSignal;
}

/** What `GET /get_config` said, and the ETag to ask again with. */
export type FetchedConfig =
  | { readonly changed: true; readonly config: ConfigView; readonly etag: string | undefined }
  | { readonly changed: false };

/**
 * The API of one server. Every function throws the Problem that the server answered, or
 * `server_unreachable` where no answer came or it was not Berth’s. Nothing is tried twice.
 */
export interface ApiClient {
  readonly server: string;
  health(): Promise<Health>;
  /** The configuration, or only that it is still the one with this ETag. */
  getConfig(etag?: string): Promise<FetchedConfig>;
  ping(): Promise<Pong>;
  enrol(request: EnrolmentRequest): Promise<EnrolmentView>;
  enrolment(id: Uuid): Promise<EnrolmentView>;
  containers(): Promise<ContainerList>;
  /**
   * Starts a container and tells how it goes; to stop listening cancels it. Ends only after `done`.
   * After `failed` it throws that Problem, and `server_unreachable` where neither came.
   */
  start(request: StartRequest): AsyncIterable<StartEvent>;
  stop(container: ContainerRef): Promise<StopResult>;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** See `ApiRequest`. */
  readonly patience: number | undefined;
}

export function createApiClient({ transport, credential, signal }: ApiClientOptions): ApiClient {
  const { server } = transport;

  const send = (call: Call): Promise<ApiResponse> =>
    transport.send({
      method: call.method,
      path: call.path,
      headers: {
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(credential === undefined ? {} : { authorization: formatAuthorization(credential) }),
        ...call.headers,
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      patience: call.patience,
      signal,
    });

  const refusal = async (response: ApiResponse): Promise<Problem> => {
    const body = parse(ProblemBody, await readJson(server, response));
    return body === undefined ? notBerth(server) : problemOf(body);
  };

  const read = async <T extends TSchema>(
    schema: T,
    path: string,
    response: ApiResponse,
  ): Promise<Static<T>> => {
    if (response.status < 200 || response.status > 299) throw await refusal(response);
    const answer = parse(schema, await readJson(server, response));
    if (answer === undefined) throw otherVersion(server, path);
    return answer;
  };

  const get = async <T extends TSchema>(schema: T, path: string): Promise<Static<T>> =>
    read(schema, path, await send({ method: 'GET', path, patience: PATIENCE_MS }));

  const post = async <T extends TSchema>(
    schema: T,
    path: string,
    body?: unknown,
    patience = PATIENCE_MS,
  ): Promise<Static<T>> => read(schema, path, await send({ method: 'POST', path, body, patience }));

  return {
    server,
    health: () => get(Health, '/healthz'),
    getConfig: async (etag) => {
      const path = '/get_config';
      const headers: Record<string, string> = etag === undefined ? {} : { 'if-none-match': etag };
      const response = await send({ method: 'GET', path, headers, patience: PATIENCE_MS });
      if (response.status === 304) return { changed: false };
      const config = await read(ConfigView, path, response);
      return { changed: true, config, etag: response.header('etag') };
    },
    ping: () => post(Pong, '/ping'),
    enrol: (request) => post(EnrolmentView, '/enroll', request),
    enrolment: (id) => get(EnrolmentView, `/enroll/${encodeURIComponent(id)}`),
    containers: () => get(ContainerList, '/containers'),
    start: async function* start(request) {
      const path = '/containers';
      const response = await send({ method: 'POST', path, body: request, patience: undefined });
      if (response.status !== 200) throw await refusal(response);
      if (response.header('content-type')?.startsWith('application/x-ndjson') !== true) {
        throw notBerth(server);
      }
      for await (const line of linesOf(server, response.body)) {
        const value = parseJson(server, line);
        const event = parse(StartEvent, value);
        if (event === undefined) {
          if (isUnknownEvent(value)) continue;
          throw otherVersion(server, path);
        }
        yield event;
        if (event.event === 'failed') throw problemOf(event.problem);
        if (event.event === 'done') return;
      }
      throw broken(server, 'The container may still start: see berth list.');
    },
    stop: (container) =>
      post(
        StopResult,
        `/containers/${encodeURIComponent(container)}/stop`,
        undefined,
        STOP_PATIENCE_MS,
      ),
  };
}

const EVENTS = new Set(['pulling', 'layer', 'creating', 'starting', 'done', 'failed']);

/** News of a newer server. It cannot be the end, which is always `done` or `failed`. */
function isUnknownEvent(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'event' in value &&
    typeof value.event === 'string' &&
    !EVENTS.has(value.event)
  );
}
