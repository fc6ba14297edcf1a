import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importBusybox, startPrivateEngine } from '@berth/testbed';
import { expect, test } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { createMaker } from '../testing/fixture.ts';
import { createDockerEngine } from './engine.ts';

test('on a full disk nothing new is made, and what runs can still be stopped and removed', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'berth-full-'));
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(parent, { recursive: true }));
  const directory = join(parent, 'e');
  const small = await startPrivateEngine({ directory, diskMegabytes: 32 });
  cleanup.defer(() => small.stop());
  const engine = createDockerEngine({ host: small.host, timeoutMs: 30_000, pullStallMs: 30_000 });
  cleanup.defer(() => engine.close());

  await importBusybox(small.docker, 'busybox:1');
  const subnet = () => '10.222.0.0/28';
  const make = createMaker({ engine, image: 'busybox:1', prefix: 'full', subnet });
  const made = await make.container();
  const running = await make.running();
  await fill(join(directory, 'data'));

  await expectProblem(make.container(), 'disk_full');
  await expectProblem(engine.startContainer(made), 'disk_full');
  await expectProblem(make.volume(), 'disk_full');

  await engine.stopContainer(running, 0);
  await engine.removeContainer(running);
  await engine.removeContainer(made);
  await expect(engine.containers(make.labels)).resolves.toEqual([]);
});

/** Takes all blocks of a file system, in ever smaller pieces, so that none is left over. */
async function fill(directory: string): Promise<void> {
  for (const size of ['1M', '64k', '4k', '1k']) {
    const writing = promisify(execFile)('dd', [
      'if=/dev/zero',
      `of=${directory}/filler-${size}`,
      `bs=${size}`,
      'oflag=sync',
    ]);
    await expect(writing).rejects.toThrow('No space left on device');
  }
}
