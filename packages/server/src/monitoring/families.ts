import { containerTitle, Problem, VERSION, type HostStatus, type Liveness } from '@berth/contract';
import { isUp } from '@berth/engine';
import type { RequestCount } from '../http/request-counts.ts';
import type { ContainerMonitor, Observed } from './containers.ts';

/** A metric of Prometheus, as it is at one moment. All its samples have the same labels. */
export interface Family {
  readonly kind: 'gauge' | 'counter';
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How the server is at one moment. */
export interface ServerState {
  readonly isConfigRejected: boolean;
  readonly isLogFaulty: boolean;
  /** Undefined where plain HTTP is served. */
  readonly certificateExpires: Date | undefined;
  readonly users: Readonly<Record<Liveness, number>>;
  /** Who listens for events. */
  readonly listeners: number;
  /** Answers since the start. */
  readonly requests: Iterable<RequestCount>;
  /** Requests that came too often, since the start. */
  readonly refused: number;
}

/** Everything that can be watched, in the units that Prometheus asks for. */
export async function collectFamilies(options: {
  readonly state: () => ServerState;
  readonly host: () => Promise<HostStatus>;
  readonly containers: Pick<ContainerMonitor, 'all'>;
  readonly usernameOf: (owner: string) => string | undefined;
}): Promise<Family[]> {
  const { state, host, containers, usernameOf } = options;
  const [hostStatus, observed] = await Promise.all([host(), observedNow(containers)]);
  return [
    ...serverFamilies(state()),
    ...hostFamilies(hostStatus),
    gauge('berth_engine_up', 'Whether the engine answers.', one(observed !== undefined)),
    ...(observed === undefined ? [] : containerFamilies(observed, usernameOf)),
  ];
}

/** Undefined while the engine does not answer. */
async function observedNow(
  containers: Pick<ContainerMonitor, 'all'>,
): Promise<readonly Observed[] | undefined> {
  try {
    return await containers.all();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function serverFamilies(state: ServerState): Family[] {
  const { isConfigRejected, isLogFaulty, certificateExpires: expires } = state;
  const requests = [...state.requests].map(({ route, method, status, count }) => ({
    labels: { route, method, status: String(status) },
    value: count,
  }));
  return [
    gauge('berth_info', 'The version that runs.', [{ labels: { version: VERSION }, value: 1 }]),
    gauge(
      'berth_config_rejected',
      'Whether the files on disk are invalid, and older ones in force.',
      one(isConfigRejected),
    ),
    gauge('berth_log_faulty', 'Whether the log cannot be written to its folder.', one(isLogFaulty)),
    gauge(
      'berth_certificate_expiry_timestamp_seconds',
      'When the certificate that is served expires; absent without one.',
      expires === undefined ? [] : one(expires.getTime() / 1000),
    ),
    gauge(
      'berth_users',
      'Users, by whether a client of theirs has pinged of late.',
      Object.entries(state.users).map(([liveness, value]) => ({ labels: { liveness }, value })),
    ),
    gauge('berth_event_listeners', 'Who listens for events.', one(state.listeners)),
    counter('berth_http_requests_total', 'Requests answered.', requests),
    counter(
      'berth_http_requests_refused_total',
      'Requests refused because they came too often.',
      one(state.refused),
    ),
  ];
}

function hostFamilies({ cpu_percent: percent, memory, disks, load }: HostStatus): Family[] {
  const [minute = 0] = load;
  const ofDisks = (name: string, help: string, value: (disk: (typeof disks)[number]) => number) =>
    gauge(
      name,
      help,
      disks.map((disk) => ({ labels: { holds: disk.holds.join(',') }, value: value(disk) })),
    );
  return [
    gauge('berth_host_cpu_ratio', 'Share of all cores that is busy, 0 to 1.', one(percent / 100)),
    gauge('berth_host_load1', 'Load average of one minute.', one(minute)),
    gauge('berth_host_memory_used_bytes', 'Memory that is not available.', one(memory.used_bytes)),
    gauge('berth_host_memory_bytes', 'Memory of the machine.', one(memory.total_bytes)),
    ofDisks(
      'berth_host_disk_available_bytes',
      'What the server may still write, by what of Berth’s is on the disk.',
      (disk) => disk.available_bytes,
    ),
    ofDisks('berth_host_disk_bytes', 'Size of the disk.', (disk) => disk.total_bytes),
  ];
}

function containerFamilies(
  observed: readonly Observed[],
  usernameOf: (owner: string) => string | undefined,
): Family[] {
  const each = (
    make: typeof gauge,
    name: string,
    help: string,
    value: (one: Observed) => number | undefined,
  ): Family =>
    make(
      name,
      help,
      observed.flatMap((container) => {
        const measured = value(container);
        const labels = labelsOf(container, usernameOf);
        return measured === undefined ? [] : [{ labels, value: measured }];
      }),
    );
  return [
    each(gauge, 'berth_container_up', 'Whether the container runs.', ({ container }) =>
      Number(isUp(container)),
    ),
    each(
      gauge,
      'berth_container_healthy',
      'Whether its health check passes; absent without one.',
      ({ container: { health } }) =>
        health === undefined ? undefined : Number(health === 'healthy'),
    ),
    each(
      gauge,
      'berth_container_start_time_seconds',
      'When it was started.',
      ({ details }) => details?.startedAt && details.startedAt.getTime() / 1000,
    ),
    each(
      counter,
      'berth_container_cpu_seconds_total',
      'CPU time since it was started.',
      ({ usage }) => usage && usage.stats.cpuNanos / 1e9,
    ),
    each(
      gauge,
      'berth_container_memory_bytes',
      'Memory in use, without what the kernel would give up first.',
      ({ usage }) => usage?.stats.memoryBytes,
    ),
    each(
      gauge,
      'berth_container_memory_limit_bytes',
      'Memory that it may take.',
      ({ usage }) => usage?.stats.memoryLimitBytes,
    ),
    each(gauge, 'berth_container_pids', 'Processes and threads.', ({ usage }) => usage?.stats.pids),
    each(
      counter,
      'berth_container_network_receive_bytes_total',
      'Bytes that came to it since it was started.',
      ({ usage }) => usage?.stats.network.receivedBytes,
    ),
    each(
      counter,
      'berth_container_network_transmit_bytes_total',
      'Bytes that it has sent since it was started.',
      ({ usage }) => usage?.stats.network.sentBytes,
    ),
  ];
}

function labelsOf(
  { identity, container }: Observed,
  usernameOf: (owner: string) => string | undefined,
): Record<string, string> {
  return {
    id: identity.id,
    container: containerTitle(identity),
    template: identity.template,
    image: container.image,
    owner: usernameOf(identity.owner) ?? identity.owner,
  };
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  kind: 'gauge',
  name,
  help,
  samples,
});

const counter: typeof gauge = (name, help, samples) => ({
  ...gauge(name, help, samples),
  kind: 'counter',
});

const one = (value: number | boolean): Sample[] => [{ labels: {}, value: Number(value) }];
