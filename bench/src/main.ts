/**
 * Measures what users run, beside a baseline in the same run, and prints how it compares with the
 * numbers to reach: `npm run bench`. With `--write` the table goes into docs/performance.md as well.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench } from './bench.ts';
import { withFigures } from './document.ts';
import { machineLine } from './machine.ts';
import { listRow } from './rows/list.ts';
import { processRows } from './rows/process.ts';
import { requestRows } from './rows/requests.ts';
import { shareRow } from './rows/share.ts';
import { startRows } from './rows/start.ts';
import { tableOf } from './table.ts';

const PAGE = join(import.meta.dirname, '../../docs/performance.md');

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const figures = await measure();
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
    ...(await processRows(bench)),
  ];
  return `${await machineLine(bench)}

${tableOf(rows)}

One start makes ${share.calls.length} calls to the engine:

${share.calls.map((call) => `- \`${call}\``).join('\n')}
`;
}
