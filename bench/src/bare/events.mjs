// What `GET /events` is measured against: node:http alone, which sends the same bytes to all who listen
// whenever it is asked to by a POST. node events.mjs
import { createServer } from 'node:http';

const opening = 'retry: 2000\nid: b5347a88b733-4\n\n';
const event =
  'id: b5347a88b733-5\ndata: {"kind":"config_changed","at":"2026-11-24T04:27:42.816Z"}\n\n';

/** @type {Set<import('node:http').ServerResponse>} */
const listeners = new Set();
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    for (const listener of listeners) listener.write(event);
    response.end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(opening);
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`serves http://127.0.0.1:${port}\n`);
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
});
