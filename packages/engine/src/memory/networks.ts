import { Problem } from '@berth/contract';
import type { Engine } from '../port.ts';
import { freeSubnets } from '../subnets.ts';
import { running, type MemoryState } from './state.ts';

export function networkCalls(
  state: MemoryState,
): Pick<Engine, 'createNetwork' | 'networks' | 'removeNetwork'> {
  return {
    async createNetwork({ name, labels, subnet }) {
      if (state.networks.has(name)) {
        throw new Problem('name_taken', `There is a network named ${name} already.`);
      }
      const taken = [...state.networks.values()].flatMap(({ subnets }) => subnets);
      const [free] = freeSubnets(subnet, Number(subnet.split('/')[1]), taken);
      if (free === undefined) {
        throw new Problem(
          'network_unavailable',
          `The subnet ${subnet} is used by another network.`,
        );
      }
      state.networks.set(name, { name, labels, subnet, subnets: [subnet] });
    },
    async networks() {
      return [...state.networks.values()].map(({ name, labels, subnets }) => ({
        name,
        labels,
        subnets,
      }));
    },
    async removeNetwork(name) {
      if (running(state).some(({ spec }) => spec.network === name)) {
        throw new Problem('conflict', `The network ${name} is in use by a container.`);
      }
      state.networks.delete(name);
    },
  };
}
