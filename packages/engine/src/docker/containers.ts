import { ContainerState } from '@berth/contract';
import type Docker from 'dockerode';
import type { ContainerHealth, ContainerSpec, EngineContainer, PublishedPort } from '../port.ts';
import { checkedId } from './names.ts';

/** What every container’s log may take of the engine’s disk. */
const LOG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } };

/** The engine’s words for a specification; nothing that it does not say is left to a default. */
export function toCreateOptions(spec: ContainerSpec): Docker.ContainerCreateOptions {
  const ports = spec.ports.map((port) => ({ ...port, key: `${port.container}/${port.protocol}` }));
  return {
    Image: spec.image,
    Labels: { ...spec.labels },
    Hostname: spec.hostname,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    ...(spec.command && { Cmd: [...spec.command] }),
    ...(spec.user !== undefined && { User: spec.user }),
    ...(spec.workdir !== undefined && { WorkingDir: spec.workdir }),
    Tty: false,
    OpenStdin: false,
    // Without it, bindings are silently ignored.
    ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])),
    HostConfig: {
      Memory: spec.memoryBytes,
      // Memory and swap together: no swap.
      MemorySwap: spec.memoryBytes,
      NanoCpus: Math.round(spec.cpus * 1e9),
      PidsLimit: spec.pids,
      ShmSize: spec.shmBytes,
      Init: spec.init,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ['no-new-privileges'],
      Mounts: spec.mounts.map(({ volume, labels, target, readOnly }) => ({
        Type: 'volume',
        Source: volume,
        Target: target,
        ReadOnly: readOnly,
        VolumeOptions: {
          Labels: { ...labels },
          NoCopy: false,
          DriverConfig: { Name: 'local', Options: {} },
        },
      })),
      NetworkMode: spec.network ?? 'none',
      // The engine takes a free port of the range itself, so that two starts never get the same.
      PortBindings: Object.fromEntries(
        ports.map(({ key, hostAddress, hostPorts }) => [
          key,
          [{ HostIp: hostAddress, HostPort: hostPorts.join('-') }],
        ]),
      ),
      LogConfig: LOG,
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** A container of the engine’s list, in our nouns. */
export function toContainer(info: Docker.ContainerInfo): EngineContainer {
  return {
    id: checkedId(info.Id),
    name: (info.Names[0] ?? '').replace(/^\//, ''),
    image: info.Image,
    state: toState(info.State),
    exitCode: toExitCode(info.Status),
    health: toHealth(info.Status),
    created: new Date(info.Created * 1000),
    labels: info.Labels,
    networks: Object.keys(info.NetworkSettings.Networks).filter((name) => name !== 'none'),
    ports: info.Ports.flatMap(toPublished).toSorted(
      (a, b) => a.container - b.container || a.hostPort - b.hostPort,
    ),
    // The engine lists them in another order each time.
    mounts: info.Mounts.flatMap(({ Type, Name, Destination }) =>
      Type === 'volume' && Name !== undefined ? [{ volume: Name, target: Destination }] : [],
    ).toSorted((a, b) => (a.target < b.target ? -1 : 1)),
  };
}

/** The list has it in the words for people only: `Exited (137) 3 seconds ago`. */
function toExitCode(status: string): number | undefined {
  const code = /^Exited \((\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** So with it: `Up 3 seconds (health: starting)`. */
function toHealth(status: string): ContainerHealth | undefined {
  const health = /^Up .* \((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status)?.[1];
  return health as ContainerHealth | undefined;
}

/** Exposed ports that are not bound carry no address; a binding to IPv6 repeats the one to IPv4. */
function toPublished(port: Partial<Docker.Port>): PublishedPort[] {
  const { IP, PrivatePort, PublicPort, Type } = port;
  if (IP === undefined || PrivatePort === undefined || PublicPort === undefined) return [];
  if (IP.includes(':') || (Type !== 'tcp' && Type !== 'udp')) return [];
  return [{ container: PrivatePort, protocol: Type, hostAddress: IP, hostPort: PublicPort }];
}

function toState(text: string): ContainerState {
  const state = ContainerState.enum.find((known) => known === text);
  if (state === undefined) throw new Error(`The engine reports an unknown state: ${text}`);
  return state;
}
