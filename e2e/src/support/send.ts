import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, or as JSON where it is no text. */
  readonly body?: unknown;
}

/** Sends a path as it is: `fetch` would resolve its dots first. */
export async function send(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
): Promise<Answer> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  const about = {
    'content-type': 'application/json',
    // Node sends none by itself with a DELETE, and what follows is taken for another request.
    'content-length': String(bytes.length),
  };
  const all = { ...(body === undefined ? {} : about), ...headers };
  const sent = request(url, { method, path, headers: all });
  sent.end(body === undefined ? undefined : bytes);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}
