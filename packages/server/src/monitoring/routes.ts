import type { Account } from '@berth/config';
import {
  Health,
  Monitor,
  MonitoredContainersPage,
  MonitoredContainersQuery,
  PingReport,
  Pong,
  UserStatusPage,
  UserStatusQuery,
} from '@berth/contract';
import { Type } from 'typebox';
import type { App } from '../http/app.ts';
import { accountOf, clientOf } from '../http/caller.ts';
import type { ContainerMonitor } from './containers.ts';
import type { LivenessTable } from './liveness.ts';
import { METRICS_TYPE } from './metrics.ts';
import type { Reports } from './reports.ts';

export interface Monitoring {
  readonly health: () => Health;
  /** Revision of what this user gets from `GET /get_config`. */
  readonly revision: (account: Account) => string;
  readonly liveness: Pick<LivenessTable, 'ping' | 'users'>;
  readonly reports: Pick<Reports, 'report'>;
  readonly containers: Pick<ContainerMonitor, 'page'>;
  readonly monitor: () => Promise<Monitor>;
  readonly metrics: () => Promise<string>;
  readonly now: () => Date;
}

export function monitoringRoutes(app: App, monitoring: Monitoring): void {
  const { health, revision, liveness, reports, containers, monitor, metrics, now } = monitoring;
  const tags = { tags: ['monitoring'] };
  const watching = { access: 'monitor' } as const;

  app.get(
    '/healthz',
    {
      config: { access: 'anyone' },
      schema: {
        ...tags,
        summary: 'Whether the server answers, and its configuration is good',
        response: { 200: Health },
      },
    },
    () => health(),
  );

  const pong = (account: Account, client: string): Pong => {
    liveness.ping(account, client);
    return { revision: revision(account), time: now().toISOString() };
  };
  const ping = { ...tags, summary: 'Say that a client is there', response: { 200: Pong } };
  app.get('/ping', { config: { access: 'client' }, schema: ping }, (request) =>
    pong(accountOf(request), clientOf(request)),
  );
  app.post(
    '/ping',
    {
      config: { access: 'client' },
      schema: {
        ...ping,
        description: 'The body may be left out. What it reports is shown by `GET /monitor`.',
        body: Type.Union([PingReport, Type.Null()]),
      },
    },
    (request) => {
      const { containers: reported } = request.body ?? {};
      if (reported !== undefined) reports.report(clientOf(request), reported);
      return pong(accountOf(request), clientOf(request));
    },
  );

  app.get(
    '/monitor',
    {
      config: watching,
      schema: {
        ...tags,
        summary: 'How everything is, at a glance',
        description: 'With the first page of the containers and of the users.',
        response: { 200: Monitor },
      },
    },
    () => monitor(),
  );
  app.get(
    '/monitor/containers',
    {
      config: watching,
      schema: {
        ...tags,
        summary: 'Everybody’s containers, and what they use',
        querystring: MonitoredContainersQuery,
        response: { 200: MonitoredContainersPage },
      },
    },
    (request) => containers.page(request.query),
  );
  app.get(
    '/monitor/users',
    {
      config: watching,
      schema: {
        ...tags,
        summary: 'When each user was last seen, by name',
        querystring: UserStatusQuery,
        response: { 200: UserStatusPage },
      },
    },
    (request) => liveness.users(request.query),
  );
  app.get(
    '/metrics',
    {
      config: watching,
      schema: {
        ...tags,
        summary: 'The same for Prometheus',
        response: { 200: { content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => reply.type(METRICS_TYPE).send(await metrics()),
  );
}
