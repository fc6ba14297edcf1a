import { ServerEvent } from '@berth/contract';
import type { App } from '../http/app.ts';
import { callerOf, type Caller } from '../http/caller.ts';
import type { Events } from './events.ts';

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx, and who follows it, would keep events back until there are many.
  'x-accel-buffering': 'no',
  connection: 'close',
};

/**
 * @param options.judge who a caller is by now, by the same rules as for their next request; undefined
 * for one who is let in no more
 */
export function eventRoutes(
  app: App,
  options: {
    readonly events: Pick<Events, 'admit' | 'listen' | 'close'>;
    readonly judge: (caller: Caller) => Caller | undefined;
  },
): void {
  const { events, judge } = options;
  const schema = {
    tags: ['events'],
    summary: 'Hear what changes, as it changes',
    description:
      'Server-sent events, each a JSON document in a `data` field. Send the last `id` as `Last-Event-ID` to go on behind it.',
    response: { 200: { content: { 'text/event-stream': { schema: ServerEvent } } } },
  };
  // A HEAD would be listening, too, and nobody would hear it.
  const route = { config: { access: 'authenticated' }, schema, exposeHeadRoute: false } as const;
  app.get('/events', route, (request, reply) => {
    const caller = callerOf(request);
    events.admit(caller);
    reply.hijack();
    const { raw } = reply;
    // The stream goes on until the connection ends: to cut it into chunks costs, and tells nothing more.
    raw.removeHeader('transfer-encoding');
    for (const [name, value = ''] of Object.entries(reply.headers(HEADERS).getHeaders())) {
      raw.setHeader(name, value);
    }
    raw.writeHead(200);
    const lastId = request.headers['last-event-id'];
    events.listen(raw, { caller, lastId: typeof lastId === 'string' ? lastId : undefined, judge });
  });
  // A server that stops waits for all answers to end; these would not.
  app.addHook('preClose', (done) => {
    events.close();
    done();
  });
}
