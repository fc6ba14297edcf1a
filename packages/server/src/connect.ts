import { isIPv6 } from 'node:net';
import type { ConfigStore, Settings } from '@berth/config';
import type { Log } from '@berth/logs';
import { openLiveCertificate, type LiveCertificate } from './certificate/live.ts';
import { createConnections, type Connections } from './http/connections.ts';

export interface OpenConnections {
  readonly connections: Connections;
  /** Undefined where plain HTTP is served. */
  readonly certificate: LiveCertificate | undefined;
  unfollow(): void;
}

/** How often it is looked whether the certificate’s files are others. */
const LOOK_MS = 10_000;

/**
 * How the server of a configuration is connected to. Follows the certificate’s files as they are renewed.
 * Throws `config_invalid` where they cannot be served.
 */
export async function openConnections(options: {
  readonly store: Pick<ConfigStore, 'current'>;
  readonly log: Log;
  readonly now: () => Date;
}): Promise<OpenConnections> {
  const { store, log, now } = options;
  const settings = (): Settings => store.current().settings;
  const { tls } = settings();
  if (tls === undefined) {
    return {
      connections: createConnections({ settings }),
      certificate: undefined,
      unfollow: () => {},
    };
  }
  const certificate = await openLiveCertificate({
    // TLS itself is turned on and off by a restart only.
    files: () => settings().tls ?? tls,
    onRenewed: (renewed) => {
      connections.renew(renewed);
    },
    log,
    now,
  });
  const connections = createConnections({ settings, credentials: certificate.current() });
  const looking = setInterval(() => void certificate.look(), LOOK_MS);
  return {
    connections,
    certificate,
    unfollow: () => {
      clearInterval(looking);
    },
  };
}

/** Where a server answers, for who is on this machine; others know it by another name. */
export function urlOf({ host, tls }: Pick<Settings, 'host' | 'tls'>, port: number): string {
  const scheme = tls === undefined ? 'http' : 'https';
  const isForAll = host === '0.0.0.0' || host === '::';
  const name = isIPv6(host) ? `[${host}]` : host;
  return `${scheme}://${isForAll ? 'localhost' : name}:${port}`;
}
