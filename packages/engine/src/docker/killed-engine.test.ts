import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateEngine } from '@berth/testbed';
import { expect, test } from 'vitest';
import { problemOf } from '../testing/expect-problem.ts';
import { createMaker } from '../testing/fixture.ts';
import { never } from '../testing/nothing.ts';
import { createDockerEngine } from './engine.ts';

test('streams of an engine that is killed fail their readers', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'berth-killed-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(parent, { recursive: true }));
  const killed = await startPrivateEngine({ directory: join(parent, 'e') });
  cleanup.defer(() => killed.stop());
  const engine = createDockerEngine({ host: killed.host, timeoutMs: 30_000, pullStallMs: 30_000 });
  cleanup.defer(() => engine.close());

  const image = 'berth-test-busybox:1';
  const make = createMaker({ engine, image, prefix: 'killed', subnet: () => '' });
  const id = await make.running({ command: ['sh', '-c', 'echo one; sleep 600'] });
  const events = (await engine.events(make.labels, never()))[Symbol.asyncIterator]();
  const log = (await engine.logs(id, { follow: true }, never()))[Symbol.asyncIterator]();
  await expect(log.next()).resolves.toMatchObject({ value: { text: 'one\n' } });

  const ends = [problemOf(events.next()), problemOf(log.next())];
  await killed.kill();
  for (const end of ends) {
    await expect(end).resolves.toMatchObject({ code: 'engine_unavailable', details: {} });
  }
});
