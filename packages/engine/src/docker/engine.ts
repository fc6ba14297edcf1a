import { Problem } from '@berth/contract';
import type Docker from 'dockerode';
import { carries } from '../carries.ts';
import { createKeyedLock } from '../keyed-lock.ts';
import type { Engine } from '../port.ts';
import { EngineAgent } from './agent.ts';
import { loadApi, type DockerApi } from './api.ts';
import { createCall, unless } from './call.ts';
import { toContainer, toCreateOptions } from './containers.ts';
import { notAnEngine, statusOf } from './errors.ts';
import { eventCalls } from './events.ts';
import { toInfo } from './info.ts';
import { labelFilter, labelsOf } from './labels.ts';
import { logCalls } from './logs.ts';
import { checkedId, checkedName, isReference } from './names.ts';
import { observingCalls } from './observe.ts';
import { pullImage } from './pull.ts';
import { restart, start } from './start.ts';
import { createStream } from './stream.ts';

export interface DockerEngineOptions {
  /** `unix:///PATH` or `tcp://HOST:PORT`. */
  readonly host: string;
  /** Milliseconds that one call may take, pulls aside. */
  readonly timeoutMs: number;
  /** Milliseconds for which a pull may say nothing. */
  readonly pullStallMs: number;
}

/** The `Engine` over the Docker Engine API, 1.41 or later. Nothing is loaded or asked before its use. */
export function createDockerEngine({ host, timeoutMs, pullStallMs }: DockerEngineOptions): Engine {
  const agent = new EngineAgent();
  let loading: Promise<DockerApi> | undefined;
  const api = () => (loading ??= loadApi(host, agent));
  const call = createCall(host, timeoutMs, api);
  const stream = createStream(host, call);
  // The engine lets two creations at once have the same name.
  const creating = createKeyedLock();

  async function hasImage(reference: string): Promise<boolean> {
    if (!isReference(reference)) return false;
    const image = await call('hasImage', reference, (docker, abortSignal) =>
      unless([404], docker.getImage(reference).inspect({ manifests: false, abortSignal })),
    );
    return image !== undefined;
  }

  return {
    async version() {
      const { Version } = await call('version', '', (docker, abortSignal) =>
        docker.version({ abortSignal }),
      );
      if (Version === undefined) throw notAnEngine(host);
      return Version;
    },

    async info() {
      const answer = await call('info', '', (docker, abortSignal) => docker.info({ abortSignal }));
      const info = toInfo(answer);
      if (info === undefined) throw notAnEngine(host);
      return info;
    },

    hasImage,

    async pull(reference, onProgress, signal) {
      await pullImage({ host, stallMs: pullStallMs, api }, reference, onProgress, signal);
      if (await hasImage(reference)) return;
      throw new Problem(
        'image_unavailable',
        `The engine stopped fetching the image ${reference} without saying why. Try again.`,
      );
    },

    async createContainer(spec) {
      const { id } = await call('createContainer', spec.name, (docker, abortSignal) =>
        docker.createContainer({
          _query: { name: spec.name },
          _body: toCreateOptions(spec),
          abortSignal,
        }),
      );
      return checkedId(id);
    },

    async startContainer(id) {
      await call('startContainer', id, (docker, abortSignal) =>
        start(docker, checkedId(id), abortSignal),
      );
    },

    async stopContainer(id, graceMs) {
      const t = Math.ceil(graceMs / 1000);
      await call(
        'stopContainer',
        id,
        (docker, abortSignal) =>
          unless([304, 404], docker.getContainer(checkedId(id)).stop({ t, abortSignal })),
        t * 1000,
      );
    },

    async restartContainer(id, graceMs) {
      const t = Math.ceil(graceMs / 1000);
      await call(
        'restartContainer',
        id,
        (docker, abortSignal) => restart(docker, checkedId(id), t, abortSignal),
        t * 1000,
      );
    },

    async removeContainer(id) {
      await call('removeContainer', id, async (docker, abortSignal) => {
        const container = docker.getContainer(checkedId(id));
        try {
          await unless([404], container.remove({ force: true, v: true, abortSignal }));
        } catch (error) {
          // Another call is removing it: done when that one is.
          if (statusOf(error) !== 409) throw error;
          await unless([404], container.wait({ condition: 'removed', abortSignal }));
        }
      });
    },

    async containers(labels) {
      const found = await call('containers', '', (docker, abortSignal) =>
        docker.listContainers({ all: true, filters: labelFilter(labels), abortSignal }),
      );
      return oldestFirst(found)
        .map(toContainer)
        .filter((container) => carries(container.labels, labels));
    },

    async containerNamed(name) {
      // Through the list, because a lookup by name takes ids and the beginnings of ids as well.
      const filters = { name: [`^/?${checkedName(name).replaceAll('.', '\\.')}$`] };
      const found = await call('containerNamed', name, (docker, abortSignal) =>
        docker.listContainers({ all: true, filters, abortSignal }),
      );
      return found.map(toContainer).find((container) => container.name === name);
    },

    ...observingCalls(call),
    ...logCalls(host, call, stream),
    ...eventCalls(host, stream),

    async createNetwork({ name, labels, subnet }) {
      const body = {
        Name: checkedName(name),
        CheckDuplicate: true,
        Driver: 'bridge',
        Labels: { ...labels },
        IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
      };
      await creating(`network ${name}`, () =>
        call('createNetwork', name, (docker, abortSignal) =>
          docker.createNetwork({ ...body, abortSignal }),
        ),
      );
    },

    async networks() {
      const found = await call('networks', '', (docker, abortSignal) =>
        docker.listNetworks({ abortSignal }),
      );
      return found.map(({ Name, Labels, IPAM }) => ({
        name: Name,
        labels: labelsOf({ Labels }),
        subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
          Subnet === undefined || Subnet.includes(':') ? [] : [Subnet],
        ),
      }));
    },

    async removeNetwork(name) {
      await call('removeNetwork', name, (docker, abortSignal) =>
        unless([404], docker.getNetwork(checkedName(name)).remove({ abortSignal })),
      );
    },

    async createVolume({ name, labels }) {
      const body = { Name: checkedName(name), Driver: 'local', Labels: { ...labels } };
      const taken = () => new Problem('name_taken', `There is a volume named ${name} already.`);
      await creating(`volume ${name}`, () =>
        call('createVolume', name, async (docker, abortSignal) => {
          const volume = docker.getVolume(name);
          // To the engine, making a volume that exists is success.
          if ((await unless([404], volume.inspect({ abortSignal }))) !== undefined) throw taken();
          await docker.createVolume({ ...body, abortSignal });
          // Another program may have been faster; then the labels are that one’s.
          if (!carries(labelsOf(await volume.inspect({ abortSignal })), labels)) throw taken();
        }),
      );
    },

    async volumes(labels) {
      const { Volumes } = await call('volumes', '', (docker, abortSignal) =>
        docker.listVolumes({ filters: labelFilter(labels), abortSignal }),
      );
      return (Volumes ?? [])
        .map((volume) => ({ name: volume.Name, labels: labelsOf(volume) }))
        .filter((volume) => carries(volume.labels, labels));
    },

    async removeVolume(name) {
      await call('removeVolume', name, (docker, abortSignal) =>
        unless([404], docker.getVolume(checkedName(name)).remove({ abortSignal })),
      );
    },

    close() {
      agent.destroy();
    },
  };
}

/** The engine lists the newest first, and gives whole seconds, so that its order is all there is. */
function oldestFirst(found: Docker.ContainerInfo[]): Docker.ContainerInfo[] {
  return found.toReversed().toSorted((a, b) => a.Created - b.Created);
}
