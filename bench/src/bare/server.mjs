// What the server is measured against: node:http alone, which sends answers that were decided
// beforehand, one after the other. node server.mjs FILE, where FILE holds {PATH: [{headers, body}]}.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** @typedef {{headers: string[], body: string}} Answer */

const answers = /** @type {Record<string, Answer[]>} */ (
  JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
);
let next = 0;
const server = createServer((request, response) => {
  const all = answers[request.url ?? ''] ?? [];
  next = (next + 1) % all.length;
  const answer = all[next];
  response.writeHead(200, answer?.headers);
  response.end(answer?.body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`serves http://127.0.0.1:${port}\n`);
});
