import { writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Bench } from '../bench.ts';
import type { Member } from '../configuration.ts';
import { interleave } from '../interleave.ts';
import { run, startServer } from '../programs.ts';
import { openSite } from '../site.ts';
import type { Row } from '../table.ts';

const BARE_SERVER = join(import.meta.dirname, '../bare/server.mjs');
const SCRIPT = join(import.meta.dirname, '../load.lua');
const USERS = 10_000;
const CONNECTIONS = 32;
const ROUNDS = { warmUp: 2, counted: 15 };

const REQUESTS = [
  { method: 'GET', path: '/get_config' },
  { method: 'POST', path: '/ping' },
] as const;

/** What clients ask all the time, beside node:http alone that sends the same bytes. */
export async function requestRows(bench: Bench): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const site = stack.use(await openSite(bench, { name: 'requests', users: USERS }));
  const tokens = join(bench.folder, 'tokens');
  await writeFile(
    tokens,
    site.members.map(({ authorization }) => `${authorization.replace('Bearer ', '')}\n`).join(''),
  );
  const answers: Record<string, Answer[]> = {};
  for (const { path } of REQUESTS) {
    answers[path] = await answersTo(site.server.url + path, site.members, bench.signal);
  }
  const answersFile = join(bench.folder, 'answers.json');
  await writeFile(answersFile, JSON.stringify(answers));
  const bare = await startServer(process.execPath, [BARE_SERVER, answersFile], bench.signal);
  stack.defer(bare.stop);

  const rows: Row[] = [];
  for (const { method, path } of REQUESTS) {
    bench.tell(`${method} ${path} with ${USERS.toLocaleString('en')} users …`);
    const load = (url: string) => requestsPerSecond(bench, url, [method, path, tokens]);
    const [ours, theirs] = await interleave(
      ROUNDS,
      [{ measure: () => load(site.server.url) }, { measure: () => load(bare.url) }],
      bench.signal,
    );
    rows.push({
      what: `\`${method} ${path}\`, ${USERS.toLocaleString('en')} users`,
      unit: 'requests/s',
      measured: ours,
      baseline: { what: 'bare `node:http`', measured: theirs },
      target: { atLeast: 0.75 },
    });
  }
  return rows;
}

interface Answer {
  readonly headers: readonly string[];
  readonly body: string;
}

/** What the server says to each, without the headers that Node adds by itself. */
async function answersTo(
  url: string,
  members: readonly Member[],
  signal: AbortSignal,
): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true });
  try {
    const answers: Answer[] = [];
    for (const { authorization } of members) {
      const call = get(url, { headers: { authorization }, agent, signal });
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      const body = await text(answer);
      if (answer.statusCode !== 200)
        throw new Error(`${url} answers ${answer.statusCode}: ${body}`);
      answers.push({ headers: ownHeaders(answer.rawHeaders), body });
    }
    return answers;
  } finally {
    agent.destroy();
  }
}

/** Names and values in turn, as they came. */
function ownHeaders(raw: readonly string[]): string[] {
  return raw.flatMap((name, index) =>
    index % 2 === 0 && !/^(date|connection|keep-alive)$/i.test(name)
      ? [name, raw[index + 1] ?? '']
      : [],
  );
}

/** Loads a server for a second from one thread. Throws where any request fails. */
async function requestsPerSecond(
  { wrk, signal }: Bench,
  url: string,
  request: readonly string[],
): Promise<number> {
  const { stdout } = await run(
    wrk,
    ['-t1', `-c${CONNECTIONS}`, '-d1s', '-s', SCRIPT, url, '--', ...request],
    { signal },
  );
  const [, requests, microseconds, failed] =
    /requests=(\d+) microseconds=(\d+) failed=(\d+)/.exec(stdout)?.map(Number) ?? [];
  if (requests === undefined || microseconds === undefined || failed !== 0) {
    throw new Error(`wrk had requests that failed:\n${stdout}`);
  }
  return (requests / microseconds) * 1e6;
}
