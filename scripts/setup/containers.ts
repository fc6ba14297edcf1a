import { loadConfig, type Account, type Settings } from '@berth/config';
import { Problem } from '@berth/contract';
import {
  createDockerEngine,
  createLifecycle,
  LABEL,
  type Engine,
  type EngineVolume,
} from '@berth/engine';
import type Docker from 'dockerode';
import { OWN_BASE } from './base-image.ts';
import { CONFIG } from './checkout.ts';
import { connectTo, probe } from './engine-probe.ts';
import { OWN_HOST } from './engine.ts';
import { describe, tell } from './report.ts';
import { STARTER_IMAGE } from './starter-image.ts';

/** How long a container may take to end before it is killed: as long as at `berth stop`. */
const GRACE_MS = 10_000;

/**
 * Stops every container of this server, whoever’s it is, as `berth stop` would. It asks the engine and
 * not the server, which may be down, and which lets each user stop only their own.
 *
 * @param isPurge takes persistent volumes, remaining networks and the starter image too
 */
export async function stopContainers({ engine: own }: Settings, isPurge: boolean): Promise<void> {
  const answer = await probe(own.host);
  if (answer.kind !== 'answers') {
    if (isPurge) {
      throw new Problem(
        'engine_unavailable',
        `The engine at ${own.host} does not answer, so what it keeps cannot be removed.\n` +
          'Start it, with ./scripts/start, and run this again.',
      );
    }
    tell('Containers', `none run: the engine at ${own.host} does not answer`);
    return;
  }
  const engine = createDockerEngine({ ...own, pullStallMs: own.timeoutMs });
  try {
    await stopAll(engine, own.prefix, isPurge);
    if (isPurge) {
      await removeRest(engine, own.prefix);
      await removeImages(own.host);
    }
  } finally {
    engine.close();
  }
}

async function stopAll(engine: Engine, instance: string, isPurge: boolean): Promise<void> {
  const { accounts } = await loadConfig(CONFIG);
  const lifecycle = createLifecycle({
    engine,
    instance,
    onLeftover: (container, error) => tell('Containers', `${container}: ${describe(error)}`),
  });
  const keeps = (volume: EngineVolume): boolean =>
    !isPurge && isKept(volume, accounts.get(volume.labels[LABEL.owner] ?? ''));
  const containers = await engine.containers({ [LABEL.instance]: instance });
  for (const container of containers) {
    const { removedVolumes, keptVolumes } = await lifecycle.stop(container, keeps, GRACE_MS);
    const volumes = [
      ...removedVolumes.map(({ name }) => `; removed its volume ${name}`),
      ...keptVolumes.map(({ name }) => `; kept its volume ${name}`),
    ];
    tell('Containers', `stopped ${container.name}${volumes.join('')}`);
  }
  if (containers.length === 0) tell('Containers', 'none of this server are there');
}

/** Whether a stop leaves the volume: it was made to last, or its owner chose so since. */
function isKept({ labels }: EngineVolume, owner: Account | undefined): boolean {
  if (labels[LABEL.persistent] !== 'false') return true;
  return owner?.overrides[labels[LABEL.template] ?? '']?.persist === true;
}

/** Volumes of containers that were stopped before, and networks that a failure left. */
async function removeRest(engine: Engine, instance: string): Promise<void> {
  for (const { name } of await engine.volumes({ [LABEL.instance]: instance })) {
    await engine.removeVolume(name);
    tell('Volumes', `removed ${name}`);
  }
  for (const { name, labels } of await engine.networks()) {
    if (labels[LABEL.instance] !== instance) continue;
    await engine.removeNetwork(name);
    tell('Networks', `removed ${name}`);
  }
}

/** How many containers run on the machine’s own engine: they would end with it. */
export async function countRunning(): Promise<number> {
  if ((await probe(OWN_HOST)).kind !== 'answers') return 0;
  return (await connectTo(OWN_HOST).listContainers()).length;
}

async function removeImages(host: string): Promise<void> {
  const docker = connectTo(host);
  const filters = { reference: [STARTER_IMAGE, OWN_BASE] };
  for (const { RepoTags: tags } of await docker.listImages({ filters })) {
    for (const tag of tags ?? []) {
      tell('Images', await removeImage(docker, tag));
    }
  }
}

async function removeImage(docker: Docker, tag: string): Promise<string> {
  try {
    await docker.getImage(tag).remove();
    return `removed ${tag}`;
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    if (status !== 409) throw error;
    return `left ${tag}: other containers use it`;
  }
}
