import type { Config } from '@berth/config';
import type { MonitoredContainer, ReportedContainer, Uuid } from '@berth/contract';
import { containerTitle } from '@berth/contract';

/** What clients say of the containers on their users’ own engines. Nobody has checked it. */
export interface Reports {
  /** Takes the place of what the client has said before. */
  report(client: Uuid, containers: readonly ReportedContainer[]): void;
  /** Of all clients that are not stale, and are there still. */
  containers(): MonitoredContainer[];
}

/** @param options.monotonic milliseconds that never go backwards */
export function createReports(options: {
  readonly config: () => Config;
  readonly monotonic: () => number;
}): Reports {
  const { config, monotonic } = options;
  const reports = new Map<Uuid, { containers: readonly ReportedContainer[]; moment: number }>();
  return {
    report: (client, containers) => {
      if (containers.length === 0) reports.delete(client);
      else reports.set(client, { containers, moment: monotonic() });
    },
    containers: () => {
      const { accountOfClient, settings } = config();
      const now = monotonic();
      const all: MonitoredContainer[] = [];
      for (const [client, { containers, moment }] of reports) {
        const account = accountOfClient.get(client);
        const age = now - moment;
        if (account === undefined || account.disabled || age > settings.liveness.staleAfterMs) {
          reports.delete(client);
          continue;
        }
        const { id, username } = account;
        const by = {
          client,
          name: account.clients[client]?.name ?? '',
          age_seconds: Math.floor(age / 1000),
        };
        for (const container of containers) {
          all.push({ ...reported(container), owner: { id, username }, reported_by: by });
        }
      }
      return all;
    },
  };
}

function reported(container: ReportedContainer): Omit<MonitoredContainer, 'owner'> {
  const { health = null, created = null, ...rest } = container;
  return {
    ...rest,
    title: containerTitle(container),
    health,
    created,
    started: null,
    uptime_seconds: null,
    usage: null,
    source: 'reported',
  };
}
