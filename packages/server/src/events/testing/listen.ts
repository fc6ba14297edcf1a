import { request, type IncomingMessage } from 'node:http';
import type { ServerEvent } from '@berth/contract';
import { createParser } from 'eventsource-parser';
import { onTestFinished } from 'vitest';

/** A listener of `GET /events`, as a browser is one: it parses as the standard says. */
export interface ListenerOfTest {
  readonly answer: IncomingMessage;
  /** Everything heard so far. */
  readonly events: readonly ServerEvent[];
  /** Where it would resume. */
  lastId(): string;
  /** Heard so far, as it came. */
  raw(): string;
  /** Resolves when so many events of a kind have come, with the last of them. */
  heard(kind: ServerEvent['kind'], count?: number): Promise<ServerEvent>;
  /** Resolves when this has come. */
  said(words: string): Promise<void>;
  /** Resolves when the stream has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Cuts the connection. */
  cut(): void;
}

export interface ListenOptions {
  /** Behind which event to go on. */
  readonly lastId?: string;
  /** Cuts the connection once so many bytes have come, wherever that is, and takes no more. */
  readonly cutAfter?: number;
}

/** Resolves once the answer has begun. */
export async function listen(
  url: string,
  headers: Readonly<Record<string, string>>,
  { lastId, cutAfter = Infinity }: ListenOptions = {},
): Promise<ListenerOfTest> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const resumed = lastId === undefined ? {} : { 'last-event-id': lastId };
  const call = request(new URL('/events', url), {
    headers: { ...headers, ...resumed },
    agent: false,
  });
  call.on('response', resolve).on('error', reject).end();
  onTestFinished(() => void call.destroy());
  const answer = await promise;
  return read(answer, cutAfter);
}

function read(answer: IncomingMessage, cutAfter: number): ListenerOfTest {
  const events: ServerEvent[] = [];
  let id = '';
  let text = '';
  const waiting = new Set<() => void>();
  const ended = Promise.withResolvers<void>();
  let isEnded = false;
  const until = <T>(find: () => T | undefined, what: string): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const found = find();
      if (found !== undefined) resolve(found);
      else if (isEnded) reject(new Error(`It ended without ${what}: ${text}`));
    };
    waiting.add(look);
    look();
    return promise;
  };
  const parser = createParser({
    onId: (given) => {
      id = given;
    },
    onEvent: ({ data }) => {
      events.push(JSON.parse(data) as ServerEvent);
    },
    onError: (error) => {
      throw error;
    },
  });
  const decoder = new TextDecoder();
  let left = cutAfter;
  answer.on('data', (bytes: Buffer) => {
    const chunk = decoder.decode(bytes.subarray(0, left), { stream: true });
    left -= bytes.length;
    text += chunk;
    parser.feed(chunk);
    for (const look of waiting) look();
    if (left <= 0) answer.destroy();
  });
  answer.on('error', () => {});
  answer.on('close', () => {
    isEnded = true;
    ended.resolve();
    for (const look of waiting) look();
  });
  return {
    answer,
    events,
    lastId: () => id,
    raw: () => text,
    heard: (kind, count = 1) =>
      until(() => events.filter((event) => event.kind === kind)[count - 1], `${count} ${kind}`),
    said: async (words) => {
      await until(() => text.includes(words) || undefined, words);
    },
    ended: ended.promise,
    cut: () => void answer.destroy(),
  };
}

export const kindsOf = ({ events }: Pick<ListenerOfTest, 'events'>): string[] =>
  events.map(({ kind }) => kind);
