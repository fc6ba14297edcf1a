import type Docker from 'dockerode';
import type { EngineId } from '../port.ts';
import type { EngineAgent } from './agent.ts';
import type { Sample } from './sample.ts';

interface Call {
  readonly abortSignal: AbortSignal;
}
type Filters = Record<string, string[]>;
/** An answer that comes piece by piece. */
type Answer = NodeJS.ReadableStream;

/**
 * The part of dockerode that we use. Its published types do not know that every call takes a signal,
 * nor `_query` and `_body`: without these it puts the whole body, environment and all, into the URL too.
 */
export interface DockerApi {
  version(options: Call): Promise<{ readonly Version?: string }>;
  info(options: Call): Promise<Partial<Info>>;
  getEvents(options: Call & { readonly filters: Filters }): Promise<Answer>;
  getImage(reference: string): {
    inspect(options: Call & { readonly manifests: boolean }): Promise<unknown>;
  };
  createImage(
    options: Call & { readonly _query: { readonly fromImage: string }; readonly _body: object },
  ): Promise<Answer>;

  createContainer(
    options: Call & {
      readonly _query: { readonly name: string };
      readonly _body: Docker.ContainerCreateOptions;
    },
  ): Promise<{ readonly id: string }>;
  getContainer(id: EngineId): {
    start(options: Call): Promise<unknown>;
    stop(options: Call & { readonly t: number }): Promise<unknown>;
    restart(options: Call & { readonly t: number }): Promise<unknown>;
    /** Only with `follow` is the answer a stream; the engine gets what `_query` says. */
    logs(options: Call & { readonly follow: true; readonly _query: LogQuery }): Promise<Answer>;
    remove(options: Call & { readonly force: boolean; readonly v: boolean }): Promise<unknown>;
    wait(options: Call & { readonly condition: 'removed' }): Promise<unknown>;
    inspect(options: Call): Promise<ContainerInspection>;
    stats(options: Call & { readonly stream: false; readonly 'one-shot': true }): Promise<Sample>;
  };
  listContainers(
    options: Call & { readonly all: boolean; readonly filters: Filters },
  ): Promise<Docker.ContainerInfo[]>;

  createNetwork(options: Call & Docker.NetworkCreateOptions): Promise<unknown>;
  getNetwork(name: string): { remove(options: Call): Promise<unknown> };
  listNetworks(options: Call): Promise<Docker.NetworkInspectInfo[]>;

  createVolume(options: Call & Docker.VolumeCreateOptions): Promise<unknown>;
  getVolume(name: string): {
    inspect(options: Call): Promise<VolumeInfo>;
    remove(options: Call): Promise<unknown>;
  };
  listVolumes(
    options: Call & { readonly filters: Filters },
  ): Promise<{ readonly Volumes: readonly VolumeInfo[] | null }>;
}

interface LogQuery {
  readonly stdout: true;
  readonly stderr: true;
  readonly timestamps: true;
  readonly follow: boolean;
  readonly tail: number | 'all';
  /** Seconds since 1970; everything at 0. */
  readonly since: number;
}

export interface Info {
  readonly ServerVersion: string;
  readonly OperatingSystem: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly DockerRootDir: string;
  readonly CgroupVersion: string;
}

/** The part that we read; the whole has two hundred fields. */
export interface ContainerInspection {
  readonly State: {
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly OOMKilled: boolean;
  };
}

/** Labels are null for a volume that was made without any. */
export interface VolumeInfo {
  readonly Name: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

/**
 * Loads dockerode, which takes 100 ms: only when the engine is first asked.
 *
 * @param host `unix:///PATH` or `tcp://HOST:PORT`
 */
export async function loadApi(host: string, agent: EngineAgent): Promise<DockerApi> {
  const { default: Client } = await import('dockerode');
  const options = {
    // All that dockerode would otherwise take from DOCKER_HOST and its like is set here.
    host: undefined,
    port: undefined,
    timeout: undefined,
    protocol: 'http' as const,
    agent,
    ...addressOf(host),
    // No version is asked for: each engine has a newest API and refuses those much older than it.
  };
  return new Client(options);
}

function addressOf(host: string): { socketPath: string } | { host: string; port: string } {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const url = URL.parse(host);
  if (url?.protocol !== 'tcp:' || url.port === '') {
    throw new Error(`An engine’s host is unix:///PATH or tcp://HOST:PORT, not ${host}`);
  }
  return { host: url.hostname, port: url.port };
}
