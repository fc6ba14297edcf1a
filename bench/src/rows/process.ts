import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { writeConfiguration, type Member } from '../configuration.ts';
import { interleave } from '../interleave.ts';
import { residentMegabytes, startServer } from '../programs.ts';
import type { Row } from '../table.ts';

const ROUNDS = { warmUp: 1, counted: 15 };
const USERS = 10_000;
/** After this long, a server that has just started has done what it does at first. */
const SETTLE_MS = 1000;

/** How soon a server answers, and how much memory it takes then. */
export async function processRows(bench: Bench): Promise<Row[]> {
  bench.tell('Starting the server, and its memory …');
  const idle = await started(bench, 'empty', 0);
  const full = await started(bench, 'full', USERS);
  const answered: number[] = [];
  const [empty, users] = await interleave(
    ROUNDS,
    [
      { measure: async () => (await idle()).megabytes },
      {
        measure: async () => {
          const { megabytes, milliseconds } = await full();
          answered.push(milliseconds);
          return megabytes;
        },
      },
    ],
    bench.signal,
  );
  return [
    { what: 'memory, idle', unit: 'MB', measured: empty, target: { atMost: 90 } },
    {
      what: `memory, ${USERS.toLocaleString('en')} users`,
      unit: 'MB',
      measured: users,
      target: { atMost: 150 },
    },
    {
      what: `start to first answer, ${USERS.toLocaleString('en')} users`,
      unit: 'ms',
      measured: answered.slice(ROUNDS.warmUp),
      target: { atMost: 600 },
    },
  ];
}

/** Writes a configuration, and returns what starts a server on it, looks at it and ends it. */
async function started(
  bench: Bench,
  name: string,
  users: number,
): Promise<() => Promise<{ milliseconds: number; megabytes: number }>> {
  const folder = join(bench.folder, name);
  const [member] = await writeConfiguration({
    folder,
    users,
    image: bench.image,
    engineHost: bench.engine.host,
    prefix: `${bench.prefix}-${name}`,
  });
  return async () => {
    const server = await startServer(bench.berthd, ['serve', '--config', folder], bench.signal);
    try {
      await ask(`${server.url}/healthz`);
      const milliseconds = performance.now() - server.started;
      if (member !== undefined) await ask(`${server.url}/get_config`, member);
      await setTimeout(SETTLE_MS, undefined, { signal: bench.signal });
      return { milliseconds, megabytes: await residentMegabytes(server.pid) };
    } finally {
      await server.stop();
    }
  };
}

async function ask(url: string, member?: Member): Promise<void> {
  const headers = member === undefined ? {} : { authorization: member.authorization };
  const answer = await fetch(url, { headers });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}: ${body}`);
}
