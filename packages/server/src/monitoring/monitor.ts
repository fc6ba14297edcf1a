import type { Config, Later } from '@berth/config';
import { Problem, VERSION, type HostStatus, type Monitor } from '@berth/contract';
import type { Engine } from '@berth/engine';
import type { ContainerMonitor } from './containers.ts';
import type { LivenessTable } from './liveness.ts';

/** So long the whole answer waits for the engine: who watches wants to know then that it hangs. */
const PATIENCE_MS = 5000;

/** What is asked for with `GET /monitor`. */
export function createMonitor(options: {
  readonly config: () => Config;
  /** Why the files on disk are not taken up; undefined where they are. */
  readonly rejection: () => Problem | undefined;
  readonly host: () => Promise<HostStatus>;
  readonly engine: Pick<Engine, 'version'>;
  readonly containers: Pick<ContainerMonitor, 'page'>;
  readonly liveness: Pick<LivenessTable, 'users' | 'counts'>;
  readonly now: () => Date;
  readonly later: Later;
}): () => Promise<Monitor> {
  const { config, rejection, host, engine, containers, liveness, now, later } = options;

  const atTheEngine = async (): Promise<Pick<Monitor, 'engine' | 'containers'>> => {
    try {
      const [version, page] = await withPatience(
        Promise.all([engine.version(), containers.page({})]),
        later,
      );
      return { engine: { state: 'up', version }, containers: page };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { engine: { state: 'down', problem: error.message }, containers: null };
    }
  };

  return async () => {
    const [hostStatus, engineStatus] = await Promise.all([host(), atTheEngine()]);
    return {
      time: now().toISOString(),
      server: serverStatus(),
      host: hostStatus,
      ...engineStatus,
      config: { revision: config().revision, rejected: rejection()?.message ?? null },
      users: { ...liveness.counts(), ...liveness.users({}) },
    };
  };
}

const serverStatus = (): Monitor['server'] => ({
  version: VERSION,
  uptime_seconds: Math.floor(process.uptime()),
  memory_bytes: process.memoryUsage.rss(),
});

/** Throws `engine_timeout` where the engine takes longer. */
async function withPatience<T>(answer: Promise<T>, later: Later): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stop = later(() => {
    reject(
      new Problem('engine_timeout', `The engine has said nothing for ${PATIENCE_MS / 1000} s.`),
    );
  }, PATIENCE_MS);
  try {
    return await Promise.race([answer, late]);
  } finally {
    stop();
  }
}
