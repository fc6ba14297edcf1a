import type { ConfigStore, Later } from '@berth/config';
import type { HostStatus, Monitor } from '@berth/contract';
import type { Engine } from '@berth/engine';
import { createContainerMonitor, type ContainerMonitor } from './containers.ts';
import { createHostStatus, type Host } from './host.ts';
import { createLastSeen } from './last-seen.ts';
import { createLiveness, type LivenessChange, type LivenessTable } from './liveness.ts';
import { createMonitor } from './monitor.ts';
import { createReports, type Reports } from './reports.ts';
import { createUsage } from './usage.ts';

/** How everything is: the machine, the containers, and who is there. */
export interface Monitoring {
  readonly liveness: LivenessTable;
  readonly reports: Reports;
  readonly containers: ContainerMonitor;
  readonly host: () => Promise<HostStatus>;
  readonly monitor: () => Promise<Monitor>;
  /** Takes up what an earlier server knew, and goes on from there. */
  begin(): Promise<void>;
  /** Writes down what the next one shall know. */
  end(): Promise<void>;
}

/** @param options.clock `now` in milliseconds since 1970; `monotonic` in milliseconds that never go backwards */
export function createMonitoring(options: {
  readonly store: Pick<ConfigStore, 'current' | 'rejection'>;
  readonly engine: Engine;
  readonly host: Host;
  readonly clock: { readonly now: () => number; readonly monotonic: () => number };
  readonly later: Later;
  readonly onLiveness: (changes: readonly LivenessChange[]) => void;
  readonly onFault: (event: string, error: unknown) => void;
}): Monitoring {
  const { store, engine, host, clock, later, onLiveness, onFault } = options;
  const config = store.current;
  const { now, monotonic } = clock;
  const lastSeen = createLastSeen({
    stateDirectory: () => config().settings.stateDirectory,
    flushMs: () => config().settings.liveness.flushMs,
    isClient: (client) => config().accountOfClient.has(client),
    clock,
    later,
    onFault,
  });
  const liveness = createLiveness({ config, lastSeen, now, later, onChange: onLiveness });
  const reports = createReports({ config, monotonic });
  const usageOf = createUsage({
    stats: engine.stats,
    monotonic,
    onFault: (error) => {
      onFault('usage_not_known', error);
    },
  });
  const containers = createContainerMonitor({ config, engine, usageOf, reports, now });
  const hostStatus = createHostStatus({
    host,
    monotonic,
    folders: () => {
      const { directory, settings } = config();
      const { stateDirectory: state, logging } = settings;
      return { configuration: directory, state, log: logging.directory };
    },
  });
  return {
    liveness,
    reports,
    containers,
    host: hostStatus,
    monitor: createMonitor({
      config,
      rejection: store.rejection,
      host: hostStatus,
      engine,
      containers,
      liveness,
      now: () => new Date(now()),
      later,
    }),
    begin: async () => {
      await lastSeen.load();
      lastSeen.begin();
      liveness.begin();
    },
    end: async () => {
      liveness.end();
      await lastSeen.end();
    },
  };
}
