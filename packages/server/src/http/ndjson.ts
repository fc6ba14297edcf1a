import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';

/** A stream of JSON documents, one a line. The status and headers go out with the first of them. */
export interface NdjsonStream {
  isOpen(): boolean;
  /** Sends the status and headers, where nothing may come for a while. */
  begin(): void;
  /** Sends an event; an unimportant one is dropped while the reader is behind. */
  write(event: unknown, options?: { readonly droppable: boolean }): void;
  /** Sends an event, and resolves when the reader is ready for more, or gone. */
  writeInTurn(event: unknown): Promise<void>;
  /** Sends the last event and ends. */
  end(event: unknown): void;
  /** Fires when the reader goes away before the end. */
  readonly gone: AbortSignal;
}

export function ndjsonStream(reply: FastifyReply): NdjsonStream {
  const { raw } = reply;
  const controller = new AbortController();
  let open = false;
  let ended = false;
  raw.on('close', () => {
    if (!ended) controller.abort();
  });

  const begin = (): void => {
    if (open) return;
    open = true;
    reply.hijack();
    const headers = reply.header('content-type', 'application/x-ndjson').getHeaders();
    raw.writeHead(200, headers as OutgoingHttpHeaders);
  };

  const line = (event: unknown): string => {
    begin();
    return `${JSON.stringify(event)}\n`;
  };
  return {
    isOpen: () => open,
    begin: () => {
      begin();
      raw.flushHeaders();
    },
    write: (event, { droppable } = { droppable: false }) => {
      if (droppable && raw.writableNeedDrain) return;
      raw.write(line(event));
    },
    writeInTurn: async (event) => {
      if (raw.write(line(event)) || controller.signal.aborted) return;
      const { promise: ready, resolve } = Promise.withResolvers<void>();
      raw.once('drain', resolve).once('close', resolve);
      await ready;
      raw.off('drain', resolve).off('close', resolve);
    },
    end: (event) => {
      ended = true;
      raw.end(line(event));
    },
    gone: controller.signal,
  };
}
