import {
  containerTitle,
  formatBytes,
  parseBytes,
  Problem,
  type Limits,
  type Name,
  type Override,
  type Resources,
  type Template,
  type Uuid,
} from '@berth/contract';
import { LABEL } from './labels.ts';
import type { ContainerSpec, Labels, VolumeMount } from './port.ts';

/** What the server’s own settings contribute to a plan. */
export interface PlanSettings {
  /** First part of every name in the engine. */
  readonly prefix: Name;
  readonly ports: { readonly bind: string; readonly range: readonly [first: number, last: number] };
  readonly networks: { readonly pool: string; readonly prefix: number };
}

export interface PlanRequest {
  /** The new container’s own id: a fresh UUIDv4. */
  readonly id: Uuid;
  readonly owner: { readonly id: Uuid; readonly username: Name };
  readonly templateName: Name;
  readonly template: Template;
  /** Set where the user wants a further container of the same template. */
  readonly name: Name | undefined;
  readonly override: Override;
  readonly limits: Limits;
  /** What the owner has running besides. */
  readonly running: readonly Resources[];
  readonly settings: PlanSettings;
}

export interface PlannedNetwork {
  readonly name: string;
  readonly labels: Labels;
  /** IPv4 range, and the prefix length of the subnet to take from it. */
  readonly pool: string;
  readonly prefix: number;
}

/** Exactly what to make in the engine: the network, the volumes that are mounted, the container. */
export interface Plan {
  readonly pull: Template['pull'];
  readonly network: PlannedNetwork | undefined;
  readonly container: ContainerSpec;
}

/**
 * The engine's name of a container, the key under which a start happens at most once. No part can
 * hold a dot, so two users never meet in one name.
 */
export function engineName(
  prefix: Name,
  username: Name,
  container: { template: Name; name?: Name | undefined },
): string {
  return `${prefix}.${username}.${containerTitle(container)}`;
}

/**
 * Turns policy into engine options; the only place that does. Pure: the same request gives the same
 * plan. Throws `limit_exceeded` when the owner would then have more than their limits.
 */
export function plan(request: PlanRequest): Plan {
  const { template, override, owner, settings } = request;
  const resources = { ...template.resources, ...override.resources };
  admit(request.limits, request.running, resources);

  const identity = { template: request.templateName, name: request.name };
  const containerName = engineName(settings.prefix, owner.username, identity);
  const ownership = { [LABEL.instance]: settings.prefix, [LABEL.owner]: owner.id };
  const place = {
    ...ownership,
    [LABEL.template]: request.templateName,
    ...(request.name === undefined ? {} : { [LABEL.name]: request.name }),
  };

  const network = planNetwork(request, ownership);
  return {
    pull: template.pull,
    network,
    container: {
      name: containerName,
      labels: {
        ...place,
        [LABEL.id]: request.id,
        ...(network === undefined ? {} : { [LABEL.network]: network.name }),
        [LABEL.cpus]: String(resources.cpus),
        [LABEL.memory]: resources.memory,
        [LABEL.pids]: String(resources.pids),
      },
      image: template.image,
      command: template.command,
      env: { ...template.env, ...override.env },
      user: template.user,
      workdir: template.workdir,
      // Dots would make it a domain name, and 64 characters is the kernel’s limit.
      hostname: containerTitle(identity).replace('.', '-').slice(0, 63),
      mounts: template.volumes.map((volume): VolumeMount => ({
        volume: `${containerName}.${volume.name}`,
        labels: {
          ...place,
          [LABEL.volume]: volume.name,
          [LABEL.persistent]: String(volume.persistent || override.persist === true),
        },
        target: volume.target,
        readOnly: volume.read_only,
      })),
      network: network?.name,
      ports:
        network === undefined
          ? []
          : template.network.ports.map((port) => ({
              container: port.container,
              protocol: port.protocol,
              hostAddress: settings.ports.bind,
              hostPorts: settings.ports.range,
            })),
      memoryBytes: parseBytes(resources.memory),
      cpus: resources.cpus,
      pids: resources.pids,
      shmBytes: parseBytes(template.shm_size),
      capabilities: template.capabilities,
      init: true,
      noNewPrivileges: true,
    },
  };
}

function planNetwork(request: PlanRequest, ownership: Labels): PlannedNetwork | undefined {
  const { mode, name } = request.template.network;
  switch (mode) {
    case 'none':
      return undefined;
    case 'private': {
      const base = `${request.settings.prefix}.${request.owner.username}`;
      return {
        name: name === undefined ? base : `${base}.${name}`,
        labels: ownership,
        ...request.settings.networks,
      };
    }
    default:
      return mode satisfies never;
  }
}

/** Adds up what containers were given. Memory in bytes. */
export function inUse(running: readonly Resources[]): {
  containers: number;
  cpus: number;
  memoryBytes: number;
  pids: number;
} {
  const sum = (amount: (resources: Resources) => number) =>
    running.reduce((total, resources) => total + amount(resources), 0);
  return {
    containers: running.length,
    // CPUs count in hundredths; adding fractions would drift.
    cpus: sum((resources) => Math.round(resources.cpus * 100)) / 100,
    memoryBytes: sum((resources) => parseBytes(resources.memory)),
    pids: sum((resources) => resources.pids),
  };
}

/** Throws `limit_exceeded`, naming use and limit, when `wanted` does not fit beside what runs. */
export function admit(limits: Limits, running: readonly Resources[], wanted: Resources): void {
  const before = inUse(running);
  const after = inUse([...running, wanted]);
  const limitBytes = parseBytes(limits.memory);
  const refuse = (what: string, limit: string, used: string, asked: string): never => {
    throw new Problem(
      'limit_exceeded',
      `This would pass your limit of ${limit} ${what}: ${used} in use, ${asked} more wanted. Stop a container first (berth list), or ask your admin for more.`,
      { details: { resource: what, limit, in_use: used, wanted: asked } },
    );
  };
  if (after.containers > limits.containers) {
    refuse('containers', String(limits.containers), String(before.containers), '1');
  }
  if (after.cpus > limits.cpus) {
    refuse('cpus', String(limits.cpus), String(before.cpus), String(wanted.cpus));
  }
  if (after.memoryBytes > limitBytes) {
    refuse('memory', limits.memory, formatBytes(before.memoryBytes), wanted.memory);
  }
  if (after.pids > limits.pids) {
    refuse('pids', String(limits.pids), String(before.pids), String(wanted.pids));
  }
}
