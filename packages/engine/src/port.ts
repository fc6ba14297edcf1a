import type { ContainerState, LayerProgress } from '@berth/contract';
import type { ContainerStats } from './stats.ts';

/** An engine’s own id of a container: 64 hex digits. Only an engine makes one; text never becomes one. */
export type EngineId = string & { readonly engineId: unique symbol };

export type Labels = Readonly<Record<string, string>>;

/** Everything an engine needs to make a container. `plan()` writes it; nothing else may. */
export interface ContainerSpec {
  readonly name: string;
  readonly labels: Labels;
  readonly image: string;
  /** The image’s own when undefined. */
  readonly command: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  readonly hostname: string;
  readonly mounts: readonly VolumeMount[];
  /** The engine’s name of a network, or undefined for none at all. */
  readonly network: string | undefined;
  readonly ports: readonly PortRequest[];
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  readonly shmBytes: number;
  /** Everything else is dropped. */
  readonly capabilities: readonly string[];
  /** An init process that reaps zombies and passes signals on. */
  readonly init: true;
  readonly noNewPrivileges: true;
}

export interface VolumeMount {
  readonly volume: string;
  /** What the engine gives the volume if it has to make it: one that vanished since it was made. */
  readonly labels: Labels;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A port of the container, to appear on some free host port of the range. */
export interface PortRequest {
  readonly container: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  /** First and last host port, both included. */
  readonly hostPorts: readonly [first: number, last: number];
}

export interface PublishedPort {
  readonly container: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostAddress: string;
  readonly hostPort: number;
}

export type ContainerHealth = 'starting' | 'healthy' | 'unhealthy';

/** A container as the engine reports it. */
export interface EngineContainer {
  readonly id: EngineId;
  readonly name: string;
  readonly image: string;
  readonly state: ContainerState;
  /** How its main process ended, while the state is `exited`; 128 + n for signal n. */
  readonly exitCode: number | undefined;
  /** What its health check says while it runs; undefined without one. */
  readonly health: ContainerHealth | undefined;
  readonly created: Date;
  readonly labels: Labels;
  readonly networks: readonly string[];
  /** Those that are bound now: none while it does not run. */
  readonly ports: readonly PublishedPort[];
  /** In the order of their targets. */
  readonly mounts: readonly { readonly volume: string; readonly target: string }[];
}

/** What costs a question for each container, so that lists do not have it. */
export interface ContainerDetails {
  /** While it runs. */
  readonly startedAt: Date | undefined;
  /** Whether the kernel killed one of its processes for want of memory since it was last started. */
  readonly oomKilled: boolean;
}

/** Where and on what an engine runs. */
export interface EngineInfo {
  readonly version: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly operatingSystem: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** The folder of its images, containers and volumes, on its own machine; undefined where it has none. */
  readonly directory: string | undefined;
  readonly cgroupVersion: 1 | 2;
}

export interface LogOptions {
  /** So many of the last lines; all when undefined. */
  readonly tail?: number | undefined;
  /** Nothing that is older, by the engine’s clock, to the millisecond. */
  readonly since?: Date | undefined;
  /** Goes on with what is printed from then on, until the container ends. */
  readonly follow: boolean;
}

/** A line that a container printed, with its end; or a piece, of a long one or one that has no end. */
export interface LogEntry {
  readonly stream: 'stdout' | 'stderr';
  /** When it was printed, by the engine’s clock. */
  readonly time: Date;
  /**
   * All texts of a stream, joined, are what was printed there. What is no UTF-8 is replaced, and so may be
   * a character where a long line is cut: Docker’s own log has lost it.
   */
  readonly text: string;
}

/** Something happened to a container: ask how it is now. */
export interface ContainerEvent {
  readonly id: EngineId;
  readonly action: 'started' | 'ended' | 'removed' | 'health';
}

export interface EngineNetwork {
  readonly name: string;
  readonly labels: Labels;
  /** IPv4 subnets in CIDR notation. */
  readonly subnets: readonly string[];
}

export interface EngineVolume {
  readonly name: string;
  readonly labels: Labels;
}

/**
 * A container engine, in our nouns.
 *
 * Every call but `pull` ends within the adapter’s deadline; a call that does not is `engine_timeout`,
 * and whether it happened is then unknown. An engine that cannot be reached is `engine_unavailable`.
 * So is a stream that breaks off: only what is complete ends without an error. A stream is open once its
 * call is done, which is what the deadline holds for, and until it ends or its signal fires: `cancelled`.
 * Other failures are Problems with the code named at the method; what no rule explains is rethrown as
 * it came, a bug to be reported.
 */
export interface Engine {
  /** The engine’s version, for people; the cheapest way to know that it answers. */
  version(): Promise<string>;
  info(): Promise<EngineInfo>;

  /** Whether the image is present. */
  hasImage(reference: string): Promise<boolean>;
  /**
   * Fetches the image. Ends only when it is present, or throws: `image_unavailable`, `disk_full`,
   * `cancelled` when the signal fires. An engine that says nothing for a while is `engine_timeout`.
   */
  pull(
    reference: string,
    onProgress: (progress: LayerProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;

  /** Makes a container without starting it. `name_taken`, `image_unavailable`, `template_rejected`, `disk_full`. */
  createContainer(spec: ContainerSpec): Promise<EngineId>;
  /**
   * Starts a container; starting a running one succeeds. `port_unavailable`, `network_unavailable`,
   * `template_rejected`, `disk_full`, `not_found`; `conflict` for a paused one. A container that could
   * not be started stays as it was.
   */
  startContainer(id: EngineId): Promise<void>;
  /** Asks the container to end and kills it after `graceMs`. Stopping a stopped or missing one succeeds. */
  stopContainer(id: EngineId, graceMs: number): Promise<void>;
  /**
   * Ends a container as `stopContainer` does, where it runs, and starts it. Refused as by `startContainer`;
   * then it is stopped.
   */
  restartContainer(id: EngineId, graceMs: number): Promise<void>;
  /**
   * Removes a container, running or not, and the nameless volumes that its image made it have.
   * Removing a missing one succeeds.
   */
  removeContainer(id: EngineId): Promise<void>;
  /** All containers, in any state, that carry all of these labels; oldest first. */
  containers(labels: Labels): Promise<EngineContainer[]>;
  /** The container with exactly this name, whoever made it. */
  containerNamed(name: string): Promise<EngineContainer | undefined>;
  /** More about these containers; those that are gone are missing. A question each: 0.3 ms. */
  details(ids: readonly EngineId[]): Promise<ReadonlyMap<EngineId, ContainerDetails>>;
  /**
   * What these containers use; those that are gone or do not run are missing. Some engines look once a
   * second and answer then: ask for all at once, and not where somebody waits.
   */
  stats(ids: readonly EngineId[]): Promise<ReadonlyMap<EngineId, ContainerStats>>;
  /** What a container printed since it was made, in the order of each of its streams. `not_found`. */
  logs(id: EngineId, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<LogEntry>>;
  /** What happens from now on to containers that carry all of these labels. Never ends by itself. */
  events(labels: Labels, signal: AbortSignal): Promise<AsyncIterable<ContainerEvent>>;

  /** Makes a bridge network. `name_taken`; `network_unavailable` when the subnet overlaps another. */
  createNetwork(network: {
    readonly name: string;
    readonly labels: Labels;
    readonly subnet: string;
  }): Promise<void>;
  /** All networks of the engine, ours or not: their subnets are taken. */
  networks(): Promise<EngineNetwork[]>;
  /** Removing a missing network succeeds; one in use is `conflict`. */
  removeNetwork(name: string): Promise<void>;

  /** Makes a volume. `name_taken` when it exists already, `disk_full`. */
  createVolume(volume: EngineVolume): Promise<void>;
  /** All volumes that carry all of these labels. */
  volumes(labels: Labels): Promise<EngineVolume[]>;
  /** Removing a missing volume succeeds; one in use is `conflict`. */
  removeVolume(name: string): Promise<void>;

  /** Lets go of connections. */
  close(): void;
}
