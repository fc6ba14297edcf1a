import type { ContainerView, TemplateView } from '@berth/contract';
import { isLoopback } from './server-address.ts';

type Published = ContainerView['ports'][number];
type Wanted = TemplateView['ports'][number];
type Volume = TemplateView['volumes'][number];

/** A port in a table: `127.0.0.1:20001→8888 (web)`. */
export function portText(port: Published | Wanted): string {
  const outside = 'host_port' in port ? `${port.host_address}:${port.host_port}→` : '';
  const protocol = port.protocol === 'tcp' ? '' : `/${port.protocol}`;
  const label = port.label === undefined ? '' : ` (${port.label})`;
  return `${outside}${port.container}${protocol}${label}`;
}

/** A volume in a table: `home (persistent)`. */
export function volumeText({ name, persistent }: Volume): string {
  return `${name} (${persistent ? 'persistent' : 'ephemeral'})`;
}

/** Folders of volumes, for a sentence: `/home/user (home), /data (data)`. */
export function foldersText(volumes: readonly Volume[]): string {
  return volumes.map(({ name, target }) => `${target} (${name})`).join(', ');
}

/** What stopping a container loses. */
export function lossText(volumes: readonly Volume[]): string {
  const lost = volumes.filter(({ persistent }) => !persistent);
  if (lost.length === volumes.length) {
    return lost.length === 0 ? 'everything inside' : `everything inside, also ${foldersText(lost)}`;
  }
  const rest = 'everything outside the volumes';
  return lost.length === 0 ? rest : `${foldersText(lost)}, and ${rest}`;
}

/** Where a port can be reached, and whether only from the server itself. */
export function portAddress(
  port: Published,
  server: string,
): { readonly address: string; readonly onServerOnly: boolean } {
  const { hostname } = new URL(server);
  const isEverywhere = port.host_address === '0.0.0.0' || port.host_address === '::';
  const host = isEverywhere ? hostname : port.host_address;
  return {
    address: `${port.protocol === 'tcp' ? 'http' : 'udp'}://${host}:${port.host_port}`,
    onServerOnly: isLoopback(host) && !isLoopback(hostname),
  };
}
