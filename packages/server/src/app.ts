import type { Account, Config, ConfigStore } from '@berth/config';
import { VERSION } from '@berth/contract';
import type { Log } from '@berth/logs';
import { createAuthenticate } from './accounts/authenticate.ts';
import type { Enrolment } from './accounts/enrolment.ts';
import { enrolmentRoutes } from './accounts/routes.ts';
import type { Containers } from './containers/containers.ts';
import { containerRoutes } from './containers/routes.ts';
import { createApp, logProblem, type App } from './http/app.ts';
import { monitoringRoutes } from './monitoring/routes.ts';
import { configRoutes } from './templates/routes.ts';
import { createConfigViews } from './templates/view.ts';

/** Puts the features together into one application; tests inject requests into it. */
export function buildApp(options: {
  readonly store: Pick<ConfigStore, 'current' | 'rejection'>;
  readonly enrolment: Enrolment;
  readonly containers: Containers;
  readonly log: Log;
  readonly now: () => Date;
}): App {
  const { store, enrolment, containers, log, now } = options;
  const config = (): Config => store.current();
  const authenticate = createAuthenticate({ config, now: () => now().getTime() });
  const account = (authorization: string | undefined): Account =>
    authenticate(authorization).account;
  const render = createConfigViews(config);

  const app = createApp(log);
  enrolmentRoutes(app, enrolment);
  configRoutes(app, account, render);
  containerRoutes(app, {
    account,
    containers,
    onStreamFailure: (problem, request) => {
      logProblem(log, problem, request);
    },
  });
  monitoringRoutes(app, {
    account,
    revision: (caller) => render(caller).revision,
    now,
    health: () => ({
      status: store.rejection() === undefined ? 'ok' : 'degraded',
      version: VERSION,
      config: { revision: config().revision, rejected: store.rejection() !== undefined },
    }),
  });
  return app;
}
