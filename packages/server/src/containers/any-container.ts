import type { Account, Config } from '@berth/config';
import {
  containerTitle,
  Problem,
  type RestartedContainer,
  type StoppedContainer,
  type Uuid,
} from '@berth/contract';
import {
  identityOf,
  LABEL,
  type Engine,
  type EngineContainer,
  type Identity,
  type Lifecycle,
  type LogEntry,
  type LogOptions,
} from '@berth/engine';
import type { Audit } from '../acting.ts';
import { keepsVolume, volumeTitle } from './view.ts';

/** What admins do with containers, whosever they are. All throw `not_found` where there is no such one. */
export interface AnyContainer {
  /** As its owner would: what they keep stays. */
  stop(id: Uuid): Promise<StoppedContainer>;
  restart(id: Uuid): Promise<RestartedContainer>;
  /** What it printed, as `Engine.logs` has it. */
  logs(id: Uuid, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<LogEntry>>;
}

interface Found {
  readonly container: EngineContainer;
  readonly identity: Identity;
  /** Undefined for a user who is gone. */
  readonly account: Account | undefined;
}

export function createAnyContainer(options: {
  readonly config: () => Config;
  readonly engine: Pick<Engine, 'containers' | 'logs'>;
  readonly lifecycle: Pick<Lifecycle, 'stop' | 'restart'>;
  /** How long a container may take to end before it is killed. */
  readonly stopGraceMs: number;
  readonly audit: Audit;
}): AnyContainer {
  const { config, engine, lifecycle, stopGraceMs, audit } = options;

  const find = async (id: Uuid): Promise<Found> => {
    const { settings, accounts } = config();
    const labels = { [LABEL.instance]: settings.engine.prefix, [LABEL.id]: id };
    const [container] = await engine.containers(labels);
    const identity = container && identityOf(container.labels);
    if (container === undefined || identity === undefined) {
      throw new Problem('not_found', `There is no container ${id}. It may have been stopped.`);
    }
    return { container, identity, account: accounts.get(identity.owner) };
  };

  const subjectOf = ({ identity, account }: Found): RestartedContainer => ({
    id: identity.id,
    title: containerTitle(identity),
    owner: { id: identity.owner, ...(account && { username: account.username }) },
  });

  /** Does it, and writes down who did what to whose, also where it fails. */
  const audited = async <T>(action: string, found: Found, work: () => Promise<T>): Promise<T> => {
    const { title, owner } = subjectOf(found);
    const subject = `${title} of ${owner.username ?? owner.id}`;
    try {
      const done = await work();
      await audit({ action, subject });
      return done;
    } catch (error) {
      await audit({ action, subject, outcome: 'failed' });
      throw error;
    }
  };

  return {
    stop: async (id) => {
      const found = await find(id);
      const { templates } = config();
      const outcome = await audited('stop_container', found, () =>
        lifecycle.stop(
          found.container,
          (volume) => keepsVolume(volume, found.account, templates),
          stopGraceMs,
        ),
      );
      return {
        ...subjectOf(found),
        removed_volumes: outcome.removedVolumes.map(({ name }) => volumeTitle(name)),
        kept_volumes: outcome.keptVolumes.map(({ name }) => volumeTitle(name)),
        removed_network: outcome.removedNetwork,
      };
    },

    restart: async (id) => {
      const found = await find(id);
      await audited('restart_container', found, () =>
        lifecycle.restart(found.container, stopGraceMs),
      );
      return subjectOf(found);
    },

    logs: async (id, wanted, signal) => {
      const found = await find(id);
      return audited('read_container_log', found, () =>
        engine.logs(found.container.id, wanted, signal),
      );
    },
  };
}
