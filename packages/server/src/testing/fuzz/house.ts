import { once } from 'node:events';
import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { bearer, newCredential, testApp } from '../test-app.ts';
import { KNOWN } from './schema-values.ts';
import type { CallerName, FuzzRequest } from './requests.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A server with people and containers in it, to send requests to. */
export interface House {
  /** Sends it over a socket, with what there is now in the place of placeholders. */
  send(request: FuzzRequest): Promise<Answer>;
  close(): Promise<void>;
}

export async function fuzzHouse(): Promise<House> {
  const { app, config, engine, user, person, login } = await testApp();
  const alice = await user('alice', ['lab', 'gpu']);
  const monica = await user('monica', ['lab']);
  await person('monica', { rights: ['monitor'] });
  await person('alice');
  const admin = await login();
  const headers: Record<CallerName, OutgoingHttpHeaders> = {
    nobody: {},
    malformed: { authorization: 'Bearer alice' },
    unknown: bearer(newCredential()),
    user: bearer(alice),
    monitor: bearer(monica),
    login: await login('alice'),
    admin,
    forged: { ...admin, origin: 'http://evil.example' },
  };
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });

  const known = async (): Promise<Readonly<Record<string, readonly string[]>>> => {
    const accounts = [...config().accounts.values()];
    const containers = await engine.containers({});
    return {
      ID: [
        ...accounts.flatMap(({ id, clients }) => [id, ...Object.keys(clients)]),
        ...containers.flatMap(({ labels }) => labels['io.berth.id'] ?? []),
      ],
      NAME: [...config().templates.keys(), ...accounts.map(({ username }) => username)],
    };
  };

  return {
    send: async ({ method, path, caller, contentType, body }) => {
      const things = await known();
      const filled = (part: string): string =>
        part.replaceAll(KNOWN, (_, kind: string, n: string) => {
          const all = things[kind] ?? [];
          return all[Number(n) % all.length] ?? '';
        });
      const type = contentType === undefined ? {} : { 'content-type': contentType };
      const sent = request({
        agent,
        port,
        method,
        path: filled(path),
        headers: { ...headers[caller], ...type },
      });
      sent.end(body === undefined ? undefined : filled(body));
      return answerTo(sent);
    },
    close: async () => {
      agent.destroy();
      await app.close();
    },
  };
}

async function answerTo(sent: ClientRequest): Promise<Answer> {
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const type = answer.headers['content-type'] ?? '';
  const isEndless =
    type === 'text/event-stream' || (isFollowing(sent) && answer.statusCode === 200);
  if (isEndless) sent.destroy();
  const body = isEndless ? '' : await text(answer);
  return { status: answer.statusCode ?? 0, type, body };
}

/** A log that is followed ends with its container. */
const isFollowing = ({ path }: ClientRequest): boolean => /[?&]follow=(?!false)/.test(path);
