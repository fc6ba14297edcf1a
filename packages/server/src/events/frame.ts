import type { ServerEvent } from '@berth/contract';

/**
 * An event in the framing of server-sent events, to be resumed behind where it has an `id`. JSON has
 * no line end that is not escaped, so whatever an event says it stays one field of one event.
 */
export function frameOf(event: ServerEvent, id?: string): Buffer {
  return Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
}

/** Begins a stream: how long to wait before a new try, and where to resume until an event comes. */
export function openingOf(id: string, retryMs: number): Buffer {
  return Buffer.from(`retry: ${retryMs}\nid: ${id}\n\n`);
}

/** Nothing happened. A comment for who counts them, and an id: a reader takes it and tells nobody. */
export function heartbeatOf(id: string): Buffer {
  return Buffer.from(`: heartbeat\nid: ${id}\n\n`);
}
