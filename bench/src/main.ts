/**
 * Measures what users run, and the configuration store, beside a baseline in the same run, and prints
 * how it compares with the numbers to reach: `npm run bench`, or `npm run bench -- store` for the store
 * alone. With `--write` the tables of a whole run go into docs/performance.md as well.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench } from './bench.ts';
import { withFigures } from './document.ts';
import { machineLine } from './machine.ts';
import { eventRows } from './rows/events.ts';
import { listRow } from './rows/list.ts';
import { processRows } from './rows/process.ts';
import { requestRows } from './rows/requests.ts';
import { shareRow } from './rows/share.ts';
import { startRows } from './rows/start.ts';
import { storeRows } from './rows/store.ts';
import { tableOf } from './table.ts';

const PAGE = join(import.meta.dirname, '../../docs/performance.md');

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const isStoreAlone = positionals.length === 1 && positionals[0] === 'store';
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  if (positionals.length > 0 && (!isStoreAlone || values.write)) {
    throw new Error('Run it as npm run bench -- [--write], or npm run bench -- store');
  }
  const figures = isStoreAlone ? await measureStore() : await measure();
  console.log(`\n${figures}`);
  if (values.write) await writeFile(PAGE, withFigures(await readFile(PAGE, 'utf8'), figures));
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped; nothing is left of it.' : error);
  process.exitCode = 1;
}

async function measure(): Promise<string> {
  await using bench = await openBench(stop.signal, (line) => console.log(line));
  const started = await startRows(bench);
  const share = await shareRow(bench);
  const rows = [
    ...started,
    share.row,
    await listRow(bench),
    ...(await requestRows(bench)),
    ...(await eventRows(bench)),
    ...(await processRows(bench)),
  ];
  return `${await machineLine(bench)}

${tableOf(rows)}

One start makes ${share.calls.length} calls to the engine:

${share.calls.map((call) => `- \`${call}\``).join('\n')}

The configuration store:

${tableOf(await storeRows(bench))}
`;
}

async function measureStore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-bench-'));
  try {
    const { signal } = stop;
    return tableOf(await storeRows({ folder, signal, tell: (line) => console.log(line) }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
