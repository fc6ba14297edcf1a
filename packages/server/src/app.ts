import type { Config, ConfigStore } from '@berth/config';
import { VERSION, type Problem } from '@berth/contract';
import type { Log } from '@berth/logs';
import type { FastifyRequest } from 'fastify';
import { createAuthenticate, createJudge } from './accounts/authenticate.ts';
import { readAsset } from './assets.ts';
import { readAudit } from './audit/read-audit.ts';
import { auditRoutes } from './audit/routes.ts';
import type { LiveCertificate } from './certificate/live.ts';
import type { Enrolment } from './accounts/enrolment.ts';
import { loginRoutes } from './accounts/login-routes.ts';
import type { OwnFactor } from './accounts/own-factor.ts';
import { secondFactorRoutes } from './accounts/second-factor-routes.ts';
import type { Logins } from './accounts/logins.ts';
import { admitRoutes } from './accounts/admit-routes.ts';
import { clientRoutes } from './accounts/client-routes.ts';
import { createClients } from './accounts/clients.ts';
import { userRoutes } from './accounts/user-routes.ts';
import type { Users } from './accounts/users.ts';
import { enrolmentRoutes } from './accounts/routes.ts';
import { anyContainerRoutes } from './containers/admin-routes.ts';
import type { AnyContainer } from './containers/any-container.ts';
import type { Containers } from './containers/containers.ts';
import { containerRoutes } from './containers/routes.ts';
import { documentationRoutes } from './documentation/routes.ts';
import type { Events } from './events/events.ts';
import { eventRoutes } from './events/routes.ts';
import type { ActingNow, Audit } from './acting.ts';
import type { History } from './history/history.ts';
import { historyRoutes } from './history/routes.ts';
import { createApp, logProblem, type App } from './http/app.ts';
import type { Connections } from './http/connections.ts';
import { loginSecretOf } from './http/cookie.ts';
import type { RateLimits } from './http/rate-limits.ts';
import { createRequestCounts } from './http/request-counts.ts';
import { collectFamilies } from './monitoring/families.ts';
import { serverLogRoutes } from './monitoring/log-routes.ts';
import { createMetrics } from './monitoring/metrics.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import { monitoringRoutes } from './monitoring/routes.ts';
import { LOG_NAME } from './server-log.ts';
import { templateRoutes } from './templates/admin-routes.ts';
import { configRoutes } from './templates/routes.ts';
import type { Templates } from './templates/templates.ts';
import { createConfigViews } from './templates/view.ts';

/** Puts the features together into one application; tests inject requests into it. */
export function buildApp(options: {
  readonly store: Pick<ConfigStore, 'current' | 'rejection'>;
  readonly enrolment: Enrolment;
  readonly users: Users;
  readonly templates: Templates;
  readonly history: History;
  readonly logins: Logins;
  readonly ownFactor: OwnFactor;
  readonly containers: Containers;
  readonly anyContainer: AnyContainer;
  readonly events: Events;
  readonly limits: RateLimits;
  readonly monitoring: Monitoring;
  readonly acting: ActingNow;
  readonly audit: Audit;
  readonly connections: Connections;
  /** Undefined where plain HTTP is served. */
  readonly certificate?: Pick<LiveCertificate, 'current' | 'fault'> | undefined;
  /** Fires when the server stops and has waited long enough for what runs. */
  readonly ending: AbortSignal;
  readonly log: Log;
  /** Whether the log cannot be written to its folder. */
  readonly isLogFaulty: () => boolean;
  readonly now: () => Date;
}): App {
  const { store, enrolment, users, logins, ownFactor, containers, events, limits } = options;
  const { monitoring, acting, connections, certificate, ending, log, isLogFaulty, now } = options;
  const config = (): Config => store.current();
  const clients = { config, now: () => now().getTime() };
  const authenticate = createAuthenticate(clients);
  const judgeClient = createJudge(clients);
  const render = createConfigViews(config);

  const counts = createRequestCounts();
  const isRejected = (): boolean => store.rejection() !== undefined;
  const app = createApp({
    log,
    counts,
    limits,
    acting,
    connections,
    authenticate: ({ headers: { authorization, cookie } }) => {
      const secret = authorization === undefined ? loginSecretOf(cookie) : undefined;
      return secret === undefined ? authenticate(authorization) : logins.authenticate(secret);
    },
  });
  enrolmentRoutes(app, enrolment);
  loginRoutes(app, logins);
  secondFactorRoutes(app, ownFactor);
  userRoutes(app, users);
  clientRoutes(app, createClients({ users, now }));
  admitRoutes(app, { enrolment, audit: options.audit });
  auditRoutes(app, (query) => readAudit(config().settings.stateDirectory, query));
  configRoutes(app, render);
  templateRoutes(app, options.templates);
  historyRoutes(app, options.history);
  const streaming = {
    onStreamFailure: (problem: Problem, request: FastifyRequest): void => {
      logProblem(log, problem, request);
    },
    ending,
  };
  containerRoutes(app, { containers, ...streaming });
  anyContainerRoutes(app, { containers: options.anyContainer, ...streaming });
  monitoringRoutes(app, {
    ...monitoring,
    revision: (caller) => render(caller).revision,
    now,
    metrics: createMetrics(() =>
      collectFamilies({
        ...monitoring,
        usernameOf: (owner) => config().accounts.get(owner)?.username,
        state: () => ({
          isConfigRejected: isRejected(),
          isLogFaulty: isLogFaulty(),
          certificateExpires: certificate?.current().validTo,
          users: monitoring.liveness.counts(),
          listeners: events.listeners(),
          requests: counts.all(),
          refused: limits.refused(),
        }),
      }),
    ),
    health: () => {
      const rejected = isRejected();
      const faulty = certificate?.fault() !== undefined;
      return {
        status: rejected || faulty || isLogFaulty() ? 'degraded' : 'ok',
        version: VERSION,
        config: { revision: config().revision, rejected },
        log: { faulty: isLogFaulty() },
        certificate: certificate
          ? { expires: certificate.current().validTo.toISOString(), faulty }
          : null,
      };
    },
  });
  serverLogRoutes(app, {
    directory: () => config().settings.logging.directory,
    name: LOG_NAME,
  });
  eventRoutes(app, {
    events,
    judge: (caller) => (caller.kind === 'client' ? judgeClient(caller) : logins.judge(caller)),
  });
  documentationRoutes(app, { version: VERSION, readAsset });
  return app;
}
