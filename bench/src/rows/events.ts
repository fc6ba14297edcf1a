import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { interleave } from '../interleave.ts';
import { residentMegabytes, startServer, type ServerProcess } from '../programs.ts';
import { openSite } from '../site.ts';
import type { Row } from '../table.ts';

const BARE_SERVER = join(import.meta.dirname, '../bare/events.mjs');
const LISTENERS = 1000;
const ROUNDS = { warmUp: 5, counted: 25 };
const LISTENING = `${LISTENERS.toLocaleString('en')} listeners`;

/** One event that is for everybody, and what listeners cost while there is none. */
export async function eventRows(bench: Bench): Promise<Row[]> {
  bench.tell(`GET /events with ${LISTENING} …`);
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await openSite(bench, { name: 'events', users: LISTENERS }));
  const bare = await startServer(process.execPath, [BARE_SERVER], bench.signal);
  stack.defer(bare.stop);

  const credentials = site.members.map(({ authorization }) => authorization);
  const ours = await listen(site.server, credentials);
  stack.defer(ours.close);
  const theirs = await listen(bare, credentials);
  stack.defer(theirs.close);

  const templates = join(site.config, 'containers.yaml');
  const text = await readFile(templates, 'utf8');
  let edits = 0;
  const edit = (): Promise<void> => {
    edits += 1;
    return writeFile(templates, text.replace('A notebook', `Notebook ${edits}`));
  };
  const [measured, baseline] = await interleave(
    ROUNDS,
    [
      { measure: () => ours.spread(edit) },
      { measure: () => theirs.spread(() => fetch(bare.url, { method: 'POST' })) },
    ],
    bench.signal,
  );
  const what = 'bare `node:http`';
  return [
    {
      what: `\`GET /events\`: an event to ${LISTENING}, from the first to the last`,
      unit: 'ms',
      measured,
      baseline: { what, measured: baseline },
    },
    {
      what: `memory for ${LISTENING}`,
      unit: 'MB',
      measured: [ours.megabytes],
      baseline: { what, measured: [theirs.megabytes] },
    },
  ];
}

interface Audience {
  /** What the server takes more with all of them than before. */
  readonly megabytes: number;
  /** Has something happen, and tells in milliseconds how much later the last hears it than the first. */
  spread(happen: () => Promise<unknown>): Promise<number>;
  close(): void;
}

async function listen(server: ServerProcess, credentials: readonly string[]): Promise<Audience> {
  const { hostname, port } = new URL(server.url);
  const before = await residentMegabytes(server.pid);
  const sockets: Socket[] = [];
  for (const authorization of credentials) {
    const socket = connect(Number(port), hostname);
    socket.setEncoding('latin1');
    socket.write(`GET /events HTTP/1.1\r\nHost: bench\r\nAuthorization: ${authorization}\r\n\r\n`);
    let heard = '';
    while (!heard.includes('id: ')) heard += ((await once(socket, 'data')) as [string])[0];
    if (!heard.startsWith('HTTP/1.1 200')) throw new Error(`${server.url} answers ${heard}`);
    sockets.push(socket);
  }
  const megabytes = (await residentMegabytes(server.pid)) - before;
  return {
    megabytes,
    spread: async (happen) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      let first = 0;
      let missing = sockets.length;
      for (const socket of sockets) {
        const hear = (text: string): void => {
          if (!text.includes('config_changed')) return;
          socket.off('data', hear);
          first ||= performance.now();
          missing -= 1;
          if (missing === 0) resolve(performance.now() - first);
        };
        socket.on('data', hear);
      }
      await happen();
      return promise;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
