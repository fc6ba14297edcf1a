import type { Name, Resources, Uuid } from '@berth/contract';
import type { Labels } from './port.ts';

/**
 * The engine is the record of what runs, and these labels are how it remembers whose it is. The
 * `io.berth.` prefix is reserved: templates and users cannot set labels at all.
 */
export const LABEL = {
  instance: 'io.berth.instance',
  id: 'io.berth.id',
  owner: 'io.berth.owner',
  template: 'io.berth.template',
  name: 'io.berth.name',
  network: 'io.berth.network',
  volume: 'io.berth.volume',
  persistent: 'io.berth.persistent',
  cpus: 'io.berth.cpus',
  memory: 'io.berth.memory',
  pids: 'io.berth.pids',
} as const;

/** What our labels say of a container. */
export interface Identity {
  readonly id: Uuid;
  readonly owner: Uuid;
  readonly template: Name;
  readonly name: Name | undefined;
  readonly network: string | undefined;
  readonly resources: Resources;
}

/** Reads a container’s labels. Undefined where one is missing: then it is not ours. */
export function identityOf(labels: Labels): Identity | undefined {
  const id = labels[LABEL.id];
  const owner = labels[LABEL.owner];
  const template = labels[LABEL.template];
  const memory = labels[LABEL.memory];
  const cpus = Number(labels[LABEL.cpus]);
  const pids = Number(labels[LABEL.pids]);
  if (id === undefined || owner === undefined || template === undefined) return undefined;
  if (memory === undefined || Number.isNaN(cpus) || Number.isNaN(pids)) return undefined;
  return {
    id,
    owner,
    template,
    name: labels[LABEL.name],
    network: labels[LABEL.network],
    resources: { cpus, memory, pids },
  };
}
