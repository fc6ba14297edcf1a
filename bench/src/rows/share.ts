import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { StartEvent } from '@berth/contract';
import type { Bench } from '../bench.ts';
import { interleave } from '../interleave.ts';
import { openRecordingProxy } from '../recording-proxy.ts';
import { openSite, type Site } from '../site.ts';
import { timeCovered } from '../statistics.ts';
import type { Row } from '../table.ts';

/**
 * What the server itself adds to a start: the time of its request, from before it is sent until the
 * last byte of the answer, less the time in which at least one call to the engine was under way.
 *
 * @returns the row, and the engine calls of a start
 */
export async function shareRow(bench: Bench): Promise<{ row: Row; calls: string[] }> {
  const { docker } = bench.engine;
  bench.tell('The server’s own share of a start …');
  const socket = bench.engine.host.replace(/^unix:\/\//, '');
  await using stack = new AsyncDisposableStack();
  const proxy = await openRecordingProxy(socket, join(bench.folder, 'engine.sock'));
  stack.defer(() => proxy.close());
  const site = stack.use(
    await openSite(bench, { name: 'share', users: 1, engineHost: proxy.host }),
  );
  const agent = new Agent({ keepAlive: true });
  stack.defer(() => agent.destroy());
  const container = `${site.prefix}.${site.members[0]?.username}.lab`;

  await site.berth('start', 'shell');
  let calls: string[] = [];
  const measure = async (): Promise<number> => {
    proxy.take();
    const start = performance.now();
    await startLab(site, agent);
    const end = performance.now();
    const recorded = proxy.take();
    calls = recorded.toSorted((a, b) => a.start - b.start).map(({ what }) => what);
    return end - start - timeCovered(recorded);
  };
  const reset = () => docker.getContainer(container).remove({ force: true, v: true });
  const rounds = { warmUp: 3, counted: 21 };
  const [measured] = await interleave(rounds, [{ measure, reset }], bench.signal);
  const what = 'the server’s own share of a start';
  return { row: { what, unit: 'ms', measured, target: { atMost: 15 } }, calls };
}

/** The request that `berth start lab` makes. Throws unless it ends in a running container. */
async function startLab({ server, members }: Site, agent: Agent): Promise<void> {
  const call = request(`${server.url}/containers`, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      authorization: members[0]?.authorization ?? '',
    },
  });
  call.end(JSON.stringify({ template: 'lab' }));
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  const lines = (await text(answer)).trimEnd().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '') as StartEvent;
  if (last.event !== 'done' || last.outcome !== 'started') {
    throw new Error(`The start did not succeed: ${lines.join('\n')}`);
  }
}
