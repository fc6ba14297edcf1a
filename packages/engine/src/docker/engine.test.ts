import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  busyboxImage,
  createSubnets,
  freePorts,
  removeEverything,
  removeImage,
  startRegistry,
  testEngine,
} from '@berth/testbed';
import { engineContract } from '../testing/engine-contract.ts';
import { createDockerEngine } from './engine.ts';

engineContract('the Docker engine', async () => {
  const { host, docker } = await testEngine();
  const image = await busyboxImage(docker);
  const registry = await startRegistry();
  const pullableImage = `${registry.host}/berth-test/pullable:1`;
  await registry.offer(docker, pullableImage, 200_000);
  const prefix = `t${randomBytes(6).toString('hex')}`;
  return {
    engine: createDockerEngine({ host, timeoutMs: 30_000, pullStallMs: 30_000 }),
    image,
    pullableImage,
    missingImage: `${registry.host}/berth-test/missing:1`,
    prefix,
    subnet: await createSubnets(docker),
    ports: freePorts,
    async print(id, stream, text) {
      const descriptor = stream === 'stdout' ? 1 : 2;
      const script = `echo -n "$0" > /proc/1/fd/${descriptor}`;
      const exec = await docker.getContainer(id).exec({ Cmd: ['sh', '-c', script, text] });
      await buffer(await exec.start({}));
    },
    async clear() {
      await removeEverything(docker, prefix);
      await removeImage(docker, pullableImage);
    },
    close: () => registry.stop(),
  };
});
