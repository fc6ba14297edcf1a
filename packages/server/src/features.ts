import { randomUUID } from 'node:crypto';
import type { ConfigStore, createPasswords, EditConfig, Later, Notice } from '@berth/config';
import { createLifecycle, LABEL, type Engine } from '@berth/engine';
import type { Log } from '@berth/logs';
import { createEnrolment, type Enrolment } from './accounts/enrolment.ts';
import { createLogins, type Logins } from './accounts/logins.ts';
import { createOwnFactor } from './accounts/own-factor.ts';
import { createProof } from './accounts/proof.ts';
import { createSecondFactors } from './accounts/second-factors.ts';
import { createUsers } from './accounts/users.ts';
import type { ActingNow } from './acting.ts';
import { buildApp } from './app.ts';
import type { AuditTrail } from './audit/trail.ts';
import type { LiveCertificate } from './certificate/live.ts';
import { createAnyContainer } from './containers/any-container.ts';
import { createContainers, STOP_GRACE_MS, type Containers } from './containers/containers.ts';
import { enrolmentEvent } from './events/enrolment-event.ts';
import { createEvents, type Events } from './events/events.ts';
import { followConfig } from './events/follow-config.ts';
import {
  followContainers,
  tellingEngine,
  type ContainerFollower,
} from './events/follow-containers.ts';
import { livenessEvents } from './events/liveness-events.ts';
import { createHistory } from './history/history.ts';
import type { App } from './http/app.ts';
import type { Connections } from './http/connections.ts';
import { createRateLimits } from './http/rate-limits.ts';
import type { Host } from './monitoring/host.ts';
import { createMonitoring, type Monitoring } from './monitoring/monitoring.ts';
import { createTemplates } from './templates/templates.ts';
import { createLookAlike } from './templates/view.ts';

/** What a server stands on: the real things where it serves, others where tests say so. */
export interface Ground {
  readonly directory: string;
  readonly store: Pick<ConfigStore, 'current' | 'rejection' | 'reload' | 'history'>;
  /** Resolves when the change is in the audit trail too. */
  readonly edit: EditConfig;
  readonly docker: Engine;
  readonly trail: AuditTrail;
  readonly acting: ActingNow;
  readonly passwords: ReturnType<typeof createPasswords>;
  readonly host: Host;
  /** `now` in milliseconds since 1970; `monotonic` in milliseconds that never go backwards. */
  readonly clock: { readonly now: () => number; readonly monotonic: () => number };
  readonly later: Later;
  /** Tells this life of the server from others. */
  readonly life: string;
  readonly log: Log;
  readonly isLogFaulty: () => boolean;
  readonly connections: Connections;
  /** Undefined where plain HTTP is served. */
  readonly certificate?: LiveCertificate | undefined;
  /** Fires when the server stops and has waited long enough for what runs. */
  readonly ending: AbortSignal;
  readonly onNotice: (notice: Notice) => void;
  /** What went wrong that nobody has asked for, as the log calls it. */
  readonly onFault: (event: string, error: unknown) => void;
}

/** Everything that a server does. */
export interface Features {
  readonly app: App;
  /** The engine as the features use it. */
  readonly engine: Engine;
  readonly containers: Containers;
  readonly enrolment: Enrolment;
  readonly events: Events;
  readonly follower: ContainerFollower;
  readonly logins: Logins;
  /** Logins as a server has them that begins on the same folder. */
  readonly newLogins: () => Logins;
  readonly monitoring: Monitoring;
  /** Tells whom it concerns of what the store tells. */
  readonly tellEvents: (notice: Notice) => void;
}

/** Makes the features and hands each the functions of others that it needs. Nothing runs yet. */
export function createFeatures(ground: Ground): Features {
  const { directory, store, edit, docker, trail, acting, passwords, clock, later, log } = ground;
  const { onFault, onNotice } = ground;
  const config = store.current;
  const { audit } = trail;
  const now = (): Date => new Date(clock.now());
  const instance = config().settings.engine.prefix;

  const events = createEvents({ life: ground.life, now, later });
  const tellEvents = followConfig({ events, config: config(), lookAlike: createLookAlike });

  const ours = { [LABEL.instance]: instance };
  const follower = followContainers({
    containers: () => docker.containers(ours),
    events: (signal) => docker.events(ours, signal),
    details: docker.details,
    usernameOf: (owner) => config().accounts.get(owner)?.username,
    publish: events.publish,
    later,
    onFault: (error) => {
      onFault('containers_not_followed', error);
    },
  });
  const engine = tellingEngine(docker, follower.lookSoon);
  const lifecycle = createLifecycle({
    engine,
    instance,
    onLeftover: (container, error) => {
      log.warn('start_not_undone', { container, error });
    },
  });
  const containers = createContainers({ config, engine, lifecycle, newId: randomUUID, audit });

  const proof = createProof({ config, edit, passwords, audit, log });
  const factors = createSecondFactors({ directory, clock });
  const rates = () => config().settings.rates;
  const limits = createRateLimits({ rates, monotonic: clock.monotonic });
  const newLogins = (): Logins =>
    createLogins({
      config,
      edit,
      audit,
      passwords,
      proof,
      factors,
      clock,
      log,
      attempts: limits,
      onEnd: events.judgeAgain,
    });
  const logins = newLogins();
  const { history } = store;
  const { endUser } = containers;
  const enrolment = createEnrolment({
    config,
    edit,
    now: clock.now,
    onStep: (step, client) => {
      events.publish([enrolmentEvent(step, client)]);
    },
  });

  const monitoring = createMonitoring({
    store,
    engine,
    clock,
    later,
    onFault,
    host: ground.host,
    onLiveness: (changes) => {
      events.publish(livenessEvents(changes));
    },
  });

  const app = buildApp({
    store,
    enrolment,
    logins,
    containers,
    events,
    limits,
    monitoring,
    acting,
    audit,
    log,
    now,
    users: createUsers({ config, edit, history, passwords, endUser, log }),
    history: createHistory({
      config,
      reload: store.reload,
      recorded: trail.recorded,
      onRejected: (file, path) => {
        onNotice({ kind: 'rejected', file, path });
      },
      now,
    }),
    templates: createTemplates({ config, edit, history }),
    ownFactor: createOwnFactor({ proof, factors, audit }),
    anyContainer: createAnyContainer({
      config,
      engine,
      lifecycle,
      audit,
      stopGraceMs: STOP_GRACE_MS,
    }),
    connections: ground.connections,
    certificate: ground.certificate,
    ending: ground.ending,
    isLogFaulty: ground.isLogFaulty,
  });
  return {
    app,
    engine,
    containers,
    enrolment,
    events,
    follower,
    logins,
    newLogins,
    monitoring,
    tellEvents,
  };
}
