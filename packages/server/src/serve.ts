import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  createPasswords,
  later,
  openConfigStore,
  publishSchemas,
  type Config,
  type EditConfig,
  type Notice,
  type Settings,
} from '@berth/config';
import { Problem } from '@berth/contract';
import { createDockerEngine } from '@berth/engine';
import type { Log } from '@berth/logs';
import { createAuditTrail } from './audit/trail.ts';
import { collectGarbage } from './collect-garbage.ts';
import { openConnections, urlOf } from './connect.ts';
import type { Containers } from './containers/containers.ts';
import { createFeatures } from './features.ts';
import { createHeldFolders, type HeldFolders } from './held-folders.ts';
import { createActingNow } from './acting.ts';
import { thisHost } from './monitoring/host.ts';
import { logNotice } from './log-notice.ts';
import { openServerLog } from './server-log.ts';

export interface RunningServer {
  /** Where it answers, with the port that was really taken. */
  readonly url: string;
  reload(): Promise<void>;
  /** Logs what ends the program, before it does. */
  crashed(error: unknown): void;
  /** Logs that the service manager did not get a message. */
  onUntold(message: string): void;
  /** Lets running requests finish, and cuts off what takes too long; then lets go of everything. */
  close(): Promise<void>;
}

/** A registry that says nothing for this long is not going to. The engine itself retries for 75 s. */
const PULL_STALL_MS = 120_000;

/** A stop takes as long as its container may take to end; a pull can take an hour. */
const CLOSE_GRACE_MS = 15_000;

/** So long a start has to undo itself and to tell its caller. Both are less than systemd waits: 90 s. */
const END_GRACE_MS = 15_000;

const NOT_HELD_ADVICE =
  'Commands look for this server in that folder and do not find it. Name another in state.directory of main.yaml; or let it be free and writable, and restart berthd.';

/** How often what failures left behind in the engine is looked for. */
const SWEEP_MS = 15_000;

/**
 * Starts a server on a configuration folder. Throws `config_invalid` for files that do not load,
 * `conflict` where another server already serves them or has the port.
 */
export async function serve(options: {
  readonly directory: string;
  readonly writeLog: (entry: string) => void;
}): Promise<RunningServer> {
  const { directory, writeLog } = options;
  const now = (): Date => new Date();
  // Only the configuration says what is to be logged.
  const early: Notice[] = [];
  let onNotice = (notice: Notice): void => {
    early.push(notice);
  };
  const acting = createActingNow();
  let onAuditFault = (_error: unknown): void => {};
  const trail = createAuditTrail({
    now,
    acting: acting.current,
    onFault: (error) => {
      onAuditFault(error);
    },
  });
  const store = await openConfigStore({
    directory,
    isWatching: true,
    onRecorded: trail.recorded,
    onNotice: (notice) => {
      onNotice(notice);
    },
  });
  const { settings } = store.current();
  const serverLog = openServerLog({
    settings: () => store.current().settings,
    write: writeLog,
    now,
  });
  const { log } = serverLog;
  onAuditFault = (error) => {
    log.error('audit_not_written', { error });
  };
  const edit: EditConfig = async (author, change) => {
    const result = await store.edit(author, change);
    // Before anybody is told that it is done.
    await trail.settled();
    return result;
  };
  const folders = createHeldFolders((error) => {
    log.warn('serving_not_told', { error });
  });
  /** Set once it answers. */
  let url: string | undefined;
  const tell = async (): Promise<void> => {
    if (url === undefined) return;
    const rejected = store.rejection()?.message ?? null;
    await folders.tell({
      pid: process.pid,
      url,
      revision: store.current().revision,
      rejected,
    });
  };
  /** Before there are features, nobody listens and nobody is logged in. */
  let tellFeatures = (_notice: Notice): void => {};
  for (const notice of early) logNotice(log, notice, store.current().revision);
  onNotice = (notice) => {
    logNotice(log, notice, store.current().revision);
    // Before it is told, so that it is told there as well.
    if (notice.kind === 'loaded') void follow(folders, notice.config, log);
    void tell();
    tellFeatures(notice);
    if (notice.kind !== 'loaded') return;
    warnOfRestart(log, settings, notice.config);
    collectGarbage();
  };
  const { connections, certificate, unfollow } = await openConnections({ store, log, now }).catch(
    (error: unknown) => {
      store.close();
      throw error;
    },
  );
  await folders.take(settings.stateDirectory).catch(async (error: unknown) => {
    unfollow();
    store.close();
    await folders.release();
    throw error;
  });
  trail.begin(store.current);
  const docker = createDockerEngine({
    host: settings.engine.host,
    timeoutMs: settings.engine.timeoutMs,
    pullStallMs: PULL_STALL_MS,
  });
  const ending = new AbortController();
  const features = createFeatures({
    directory,
    store,
    edit,
    docker,
    trail,
    acting,
    passwords: createPasswords(),
    host: thisHost,
    clock: { now: Date.now, monotonic: () => performance.now() },
    later,
    life: randomBytes(6).toString('hex'),
    log,
    isLogFaulty: serverLog.isFaulty,
    connections,
    certificate,
    ending: ending.signal,
    onNotice: (notice) => {
      onNotice(notice);
    },
    onFault: (event, error) => {
      log.error(event, { error });
    },
  });
  const { app, containers, follower, logins, monitoring } = features;
  tellFeatures = (notice) => {
    features.tellEvents(notice);
    if (notice.kind !== 'loaded') return;
    logins.review().catch((error: unknown) => {
      log.error('login_not_ended', { error });
    });
  };
  await logins.load();
  // Commands do not wait for a server that holds no lock yet, so what they changed may be new here.
  await store.reload();
  await logins.review();
  // For editors only, so a folder that cannot be written to is no reason not to serve.
  await publishSchemas(directory).catch((error: unknown) => {
    log.warn('schemas_not_written', { error });
  });
  await monitoring.begin();
  const close = async (): Promise<void> => {
    const end = setTimeout(() => {
      ending.abort();
    }, CLOSE_GRACE_MS);
    const cut = setTimeout(() => {
      app.server.closeAllConnections();
    }, CLOSE_GRACE_MS + END_GRACE_MS);
    await app.close();
    clearTimeout(end);
    clearTimeout(cut);
    // A start whose caller is gone is undone, and that needs the engine.
    await containers.settled();
    follower.end();
    await logins.flush();
    await monitoring.end();
    await trail.settled();
    unfollow();
    store.close();
    docker.close();
    url = undefined;
    await folders.release();
    log.info('stopped');
    await serverLog.close();
  };

  try {
    await app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await close();
    throw listenProblem(error, settings);
  }
  const sweeping = sweepRepeatedly(containers, log);
  follower.begin();
  const { port } = app.server.address() as AddressInfo;
  url = urlOf(settings, port);
  await tell();
  log.info('serving', { url, directory, revision: store.current().revision });
  return {
    url,
    reload: async () => {
      await store.reload();
      await certificate?.reload();
    },
    crashed: serverLog.crashed,
    onUntold: (message) => {
      log.warn('service_manager_not_told', { message });
    },
    close: async () => {
      clearInterval(sweeping);
      await close();
    },
  };
}

function sweepRepeatedly(containers: Containers, log: Log): NodeJS.Timeout {
  let isRunning = false;
  let wasDown = false;
  const sweep = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      await containers.sweep();
      if (wasDown) log.info('engine_answers');
      wasDown = false;
    } catch (error) {
      // Once for each time it goes down, not once for each try.
      if (!wasDown) log.warn('sweep_failed', { error });
      wasDown = true;
    } finally {
      isRunning = false;
    }
  };
  // The first one is the last thing that a server does at its start.
  void sweep().then(collectGarbage);
  return setInterval(() => void sweep(), SWEEP_MS);
}

/** Takes the state folder that is named now: commands look for this server there. */
async function follow(folders: HeldFolders, { settings }: Config, log: Log): Promise<void> {
  const { stateDirectory: directory } = settings;
  try {
    await folders.take(directory);
  } catch (error) {
    log.error('state_not_held', { directory, error, advice: NOT_HELD_ADVICE });
  }
}

function listenProblem(error: unknown, { host, port }: Settings): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new Problem(
      'conflict',
      `Something else already listens on ${host}:${port}. Set another server.port in main.yaml.`,
      { cause: error },
    );
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new Problem(
      'config_invalid',
      `${host}:${port} cannot be served on (${error.code}). Set another server.host or server.port in main.yaml.`,
      { cause: error },
    );
  }
  return error;
}

function warnOfRestart(log: Log, before: Settings, { settings: after }: Config): void {
  const changed: string[] = (['host', 'port', 'engine'] as const).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (before.logging.directory !== after.logging.directory) changed.push('logging.directory');
  if ((before.tls === undefined) !== (after.tls === undefined)) changed.push('tls');
  if (changed.length > 0) log.warn('restart_needed', { changed });
}
