import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { interleave } from '../interleave.ts';
import { run } from '../programs.ts';
import { openSite } from '../site.ts';
import type { Row } from '../table.ts';

const BARE_CALL = join(import.meta.dirname, '../bare/call.mjs');

/** `berth list` beside a script that asks the same server once and prints what it answers. */
export async function listRow(bench: Bench): Promise<Row> {
  bench.tell('berth list …');
  await using site = await openSite(bench, { name: 'list', users: 1 });
  const authorization = site.members[0]?.authorization ?? '';
  const { signal } = bench;
  await site.berth('start', 'shell');
  const bareArguments = [BARE_CALL, `${site.server.url}/containers`, authorization];
  const [ours, bare] = await interleave(
    { warmUp: 3, counted: 31 },
    [
      { measure: () => site.berth('list') },
      {
        measure: async () => (await run(process.execPath, bareArguments, { signal })).milliseconds,
      },
    ],
    signal,
  );
  return {
    what: '`berth list`',
    unit: 'ms',
    measured: ours,
    baseline: { what: 'a bare Node script', measured: bare },
    target: { atMost: 1.5 },
  };
}
