import type { Config } from '@berth/config';
import {
  containerTitle,
  type MonitoredContainer,
  type MonitoredContainersPage,
  type MonitoredContainersQuery,
} from '@berth/contract';
import {
  identityOf,
  isUp,
  LABEL,
  type ContainerDetails,
  type Engine,
  type EngineContainer,
  type Identity,
} from '@berth/engine';
import { pageOf } from '../http/page.ts';
import { rounded } from './host.ts';
import type { Reports } from './reports.ts';
import type { ContainerUsage } from './usage.ts';

/** Everybody's containers. */
export interface ContainerMonitor {
  /** The server's own first, the oldest of them first; then what clients report. */
  page(query: MonitoredContainersQuery): Promise<MonitoredContainersPage>;
  /** All of the server's own. */
  all(): Promise<readonly Observed[]>;
}

/** One of the server's own containers, and how it is. */
export interface Observed {
  readonly identity: Identity;
  readonly container: EngineContainer;
  readonly details: ContainerDetails | undefined;
  readonly usage: ContainerUsage | undefined;
}

/** @param options.usageOf see `createUsage` */
export function createContainerMonitor(options: {
  readonly config: () => Config;
  readonly engine: Pick<Engine, 'containers' | 'details'>;
  readonly usageOf: (
    ids: readonly EngineContainer['id'][],
  ) => Promise<ReadonlyMap<EngineContainer['id'], ContainerUsage>>;
  readonly reports: Pick<Reports, 'containers'>;
  readonly now: () => number;
}): ContainerMonitor {
  const { config, engine, usageOf, reports, now } = options;
  let looking: Promise<readonly Observed[]> | undefined;

  const look = async (): Promise<readonly Observed[]> => {
    const ours = { [LABEL.instance]: config().settings.engine.prefix };
    const containers = await engine.containers(ours);
    const up = containers.filter(isUp).map(({ id }) => id);
    const [details, usage] = await Promise.all([engine.details(up), usageOf(up)]);
    return containers.flatMap((container) => {
      const identity = identityOf(container.labels);
      const { id } = container;
      return identity === undefined
        ? []
        : [{ identity, container, details: details.get(id), usage: usage.get(id) }];
    });
  };

  /** Who asks while somebody else does gets the same answer. */
  const all = (): Promise<readonly Observed[]> =>
    (looking ??= look().finally(() => {
      looking = undefined;
    }));

  const viewOf = ({ identity, container, details, usage }: Observed): MonitoredContainer => {
    const { id, owner, template, name } = identity;
    const username = config().accounts.get(owner)?.username;
    const startedAt = details?.startedAt;
    return {
      id,
      title: containerTitle(identity),
      template,
      ...(name !== undefined && { name }),
      image: container.image,
      owner: { id: owner, ...(username !== undefined && { username }) },
      state: container.state,
      ...(container.exitCode !== undefined && { exit_code: container.exitCode }),
      health: container.health ?? null,
      created: container.created.toISOString(),
      started: startedAt?.toISOString() ?? null,
      uptime_seconds: startedAt === undefined ? null : secondsSince(startedAt, now()),
      usage: usage === undefined ? null : usageView(usage),
      source: 'engine',
    };
  };

  return {
    all,
    page: async ({ owner, template, state, source, ...page }) => {
      const own = source === 'reported' ? [] : await all();
      const foreign = source === 'engine' ? [] : reports.containers();
      const wanted = [...own.map(viewOf), ...foreign]
        .filter(
          (container) =>
            (owner === undefined || container.owner.username === owner) &&
            (template === undefined || container.template === template) &&
            (state === undefined || container.state === state),
        )
        .map((container) => ({ container, key: keyOf(container) }))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1));
      const { items, total, next } = pageOf(wanted, ({ key }) => key, page);
      return { containers: items.map(({ container }) => container), total, next };
    },
  };
}

/** A report may name a container that another client reports too. */
const keyOf = ({ source, created, id, reported_by: by }: MonitoredContainer): string =>
  [source, created ?? '', id, by?.client ?? ''].join(' ');

/** The engine has a clock of its own where it is another machine's. */
const secondsSince = (moment: Date, now: number): number =>
  Math.max(0, Math.floor((now - moment.getTime()) / 1000));

function usageView({ cpuPercent, stats }: ContainerUsage): MonitoredContainer['usage'] {
  return {
    cpu_percent: cpuPercent === undefined ? null : rounded(cpuPercent),
    memory_bytes: stats.memoryBytes,
    memory_limit_bytes: stats.memoryLimitBytes,
    pids: stats.pids,
  };
}
