import { Problem } from '@berth/contract';
import { createKeyedLock } from './keyed-lock.ts';
import { LABEL } from './labels.ts';
import type { PlannedNetwork } from './plan.ts';
import type { Engine } from './port.ts';
import { freeSubnets } from './subnets.ts';

/** The networks that containers come and go in. */
export interface PrivateNetworks {
  /**
   * Runs `work`, which makes a container in the network, with the network there. Nobody removes it
   * meanwhile: an engine lets a network go while a container in it has not started yet.
   */
  within<T>(network: PlannedNetwork | undefined, work: () => Promise<T>): Promise<T>;
  /** Removes the network unless a container belongs to it. Whether it is gone now. */
  removeUnused(name: string, instance: string): Promise<boolean>;
}

/** How many subnets to try that looked free and were not. */
const MAX_TRIES = 16;

export function createPrivateNetworks(engine: Engine): PrivateNetworks {
  const lock = createKeyedLock();

  const ensure = async ({ name, labels, pool, prefix }: PlannedNetwork): Promise<void> => {
    const existing = await engine.networks();
    const same = existing.find((network) => network.name === name);
    if (same !== undefined) {
      if (same.labels[LABEL.owner] === labels[LABEL.owner]) return;
      throw new Problem(
        'name_taken',
        `The engine already has a network called ${name} that belongs to somebody else. Ask your admin to remove or rename it.`,
      );
    }
    const taken = existing.flatMap((network) => network.subnets);
    let lastError: unknown;
    for (const subnet of freeSubnets(pool, prefix, taken).take(MAX_TRIES)) {
      try {
        await engine.createNetwork({ name, labels, subnet });
        return;
      } catch (error) {
        // Somebody outside took this one since we looked, or a host route covers it: try the next.
        if (!(error instanceof Problem) || error.code !== 'network_unavailable') throw error;
        lastError = error;
      }
    }
    throw new Problem(
      'network_unavailable',
      `No free subnet of /${prefix} is left in ${pool}. Stop containers, or ask your admin to enlarge networks.pool in main.yaml.`,
      { cause: lastError },
    );
  };

  return {
    within: async (network, work) => {
      if (network === undefined) return work();
      return lock(network.name, async () => {
        // One at a time over all names, so that two new networks do not choose the same subnet.
        await lock('', () => ensure(network));
        return work();
      });
    },
    removeUnused: (name, instance) =>
      lock(name, async () => {
        const members = await engine.containers({
          [LABEL.instance]: instance,
          [LABEL.network]: name,
        });
        if (members.length > 0) return false;
        await engine.removeNetwork(name);
        return true;
      }),
  };
}
