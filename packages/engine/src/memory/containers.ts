import { EventEmitter } from 'node:events';
import { Problem } from '@berth/contract';
import { carries } from '../carries.ts';
import type {
  ContainerEvent,
  ContainerSpec,
  Engine,
  EngineContainer,
  EngineId,
  PublishedPort,
} from '../port.ts';
import { running, type MemoryContainer, type MemoryState } from './state.ts';

const LEAST_MEMORY = 6 * 1024 ** 2;
/** 128 and the number of SIGTERM. */
const TERMINATED = 143;
/** The kernel’s limit. */
const LONGEST_HOSTNAME = 64;

type ContainerCalls = Pick<
  Engine,
  | 'createContainer'
  | 'startContainer'
  | 'stopContainer'
  | 'restartContainer'
  | 'removeContainer'
  | 'containers'
  | 'containerNamed'
>;

export function containerCalls(
  state: MemoryState,
  machine: { readonly cpus: number; readonly now: () => Date },
): ContainerCalls {
  let made = 0;

  function createContainer(spec: ContainerSpec): EngineId {
    if (!state.images.has(spec.image)) {
      throw new Problem('image_unavailable', `There is no image ${spec.image}. Pull it first.`);
    }
    if (named(spec.name) !== undefined) {
      throw new Problem('name_taken', `There is a container named ${spec.name} already.`);
    }
    if (spec.memoryBytes < LEAST_MEMORY || spec.cpus > machine.cpus) {
      throw new Problem('template_rejected', 'The machine cannot give such resources.');
    }
    for (const { volume, labels } of spec.mounts) {
      if (!state.volumes.has(volume)) state.volumes.set(volume, { name: volume, labels });
    }
    made += 1;
    const id = made.toString(16).padStart(64, '0') as EngineId;
    const created = machine.now();
    state.containers.set(id, {
      id,
      spec,
      created,
      state: 'created',
      exitCode: undefined,
      startedAt: undefined,
      ports: [],
      output: [],
      voice: new EventEmitter(),
    });
    return id;
  }

  function tell({ id, spec }: MemoryContainer, action: ContainerEvent['action']): void {
    state.happenings.emit('happening', { event: { id, action }, labels: spec.labels });
  }

  function present(id: EngineId): MemoryContainer {
    const container = state.containers.get(id);
    if (container === undefined) throw new Problem('not_found', 'The container is gone.');
    return container;
  }

  function start(container: MemoryContainer): void {
    if (container.state === 'running') return;
    if (container.spec.hostname.length > LONGEST_HOSTNAME) {
      throw new Problem('template_rejected', 'The host name is too long.');
    }
    joinNetwork(state, container.spec);
    container.ports = bindPorts(state, container.spec);
    container.state = 'running';
    container.exitCode = undefined;
    container.startedAt = machine.now();
    tell(container, 'started');
  }

  function stop(container: MemoryContainer): void {
    if (container.state !== 'running') return;
    container.state = 'exited';
    container.exitCode = TERMINATED;
    container.startedAt = undefined;
    container.ports = [];
    container.voice.emit('ended');
    tell(container, 'ended');
  }

  const named = (name: string): MemoryContainer | undefined =>
    [...state.containers.values()].find((container) => container.spec.name === name);

  return {
    createContainer: async (spec) => createContainer(spec),
    startContainer: async (id) => start(present(id)),
    async stopContainer(id) {
      const container = state.containers.get(id);
      if (container !== undefined) stop(container);
    },
    async restartContainer(id) {
      const container = present(id);
      stop(container);
      start(container);
    },
    async removeContainer(id) {
      const container = state.containers.get(id);
      if (container === undefined) return;
      stop(container);
      state.containers.delete(id);
      tell(container, 'removed');
    },
    async containers(labels) {
      return [...state.containers.values()]
        .filter(({ spec }) => carries(spec.labels, labels))
        .map(view);
    },
    async containerNamed(name) {
      const container = named(name);
      return container && view(container);
    },
  };
}

function joinNetwork(state: MemoryState, { network: name }: ContainerSpec): void {
  if (name === undefined) return;
  const network = state.networks.get(name);
  if (network === undefined) {
    throw new Problem('network_unavailable', `The network ${name} is gone.`);
  }
  const addresses = 2 ** (32 - Number(network.subnet.split('/')[1]));
  // Not to be had: the network’s own address, the gateway’s and the broadcast address.
  const members = running(state).filter(({ spec }) => spec.network === name);
  if (members.length >= addresses - 3) {
    throw new Problem('network_unavailable', `The network ${name} has no free address left.`);
  }
}

function bindPorts(state: MemoryState, spec: ContainerSpec): PublishedPort[] {
  const bound = running(state).flatMap(({ ports }) => ports);
  return spec.ports.map(({ container, protocol, hostAddress, hostPorts: [first, last] }) => {
    for (let hostPort = first; hostPort <= last; hostPort += 1) {
      const port = { container, protocol, hostAddress, hostPort };
      if (bound.some((other) => sameSocket(other, port))) continue;
      bound.push(port);
      return port;
    }
    throw new Problem('port_unavailable', `No host port from ${first} to ${last} is free.`);
  });
}

function sameSocket(a: PublishedPort, b: PublishedPort): boolean {
  return a.hostPort === b.hostPort && a.protocol === b.protocol && a.hostAddress === b.hostAddress;
}

function view({ id, spec, created, state, exitCode, ports }: MemoryContainer): EngineContainer {
  return {
    id,
    name: spec.name,
    image: spec.image,
    state,
    exitCode,
    health: undefined,
    created,
    labels: spec.labels,
    networks: spec.network === undefined ? [] : [spec.network],
    ports,
    mounts: spec.mounts
      .map(({ volume, target }) => ({ volume, target }))
      .toSorted((a, b) => (a.target < b.target ? -1 : 1)),
  };
}
