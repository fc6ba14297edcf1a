import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { MainFile } from '@berth/contract';
import type { Settings } from './config.ts';
import type { Loaded, Report } from './loaded.ts';

type ServerSettings = Pick<Settings, 'host' | 'port' | 'tls' | 'trustedProxies' | 'connections'>;

/** Where to serve, and for whom; reports what a schema cannot say. */
export function serverSettingsOf(
  directory: string,
  main: Loaded<MainFile>,
  report: Report,
): ServerSettings {
  const { server } = main.value;
  const { host, port, tls, trusted_proxies: proxies } = server;
  if (host !== 'localhost' && isIP(host) === 0) {
    report(main, ['server', 'host'], 'must be localhost or an IP address');
  } else if (!isLoopback(host) && tls === undefined && proxies.length === 0) {
    report(
      main,
      ['server', 'host'],
      'would serve plain HTTP beyond loopback, where passwords can be read on their way: set server.tls, or name the proxy that ends TLS in server.trusted_proxies',
    );
  }
  for (const [index, proxy] of proxies.entries()) {
    if (isRange(proxy)) continue;
    report(
      main,
      ['server', 'trusted_proxies', index],
      'must be an IP address or a range, such as 10.0.0.7 or 10.0.0.0/24',
    );
  }
  return {
    host,
    port,
    tls: tls && {
      certFile: resolve(directory, tls.cert_file),
      keyFile: resolve(directory, tls.key_file),
    },
    trustedProxies: proxies,
    connections: {
      most: server.max_connections,
      mostPerAddress: server.max_connections_per_address,
    },
  };
}

/** Whether only this very machine gets to an address. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

/** Everybody is no range: anybody could then say that they are somebody else. */
function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128);
}
