import { Problem } from '@berth/contract';
import { carries } from '../carries.ts';
import type { Engine } from '../port.ts';
import type { MemoryState } from './state.ts';

export function volumeCalls(
  state: MemoryState,
): Pick<Engine, 'createVolume' | 'volumes' | 'removeVolume'> {
  return {
    async createVolume({ name, labels }) {
      if (state.volumes.has(name)) {
        throw new Problem('name_taken', `There is a volume named ${name} already.`);
      }
      state.volumes.set(name, { name, labels });
    },
    async volumes(labels) {
      return [...state.volumes.values()].filter((volume) => carries(volume.labels, labels));
    },
    async removeVolume(name) {
      const containers = [...state.containers.values()];
      if (containers.some(({ spec }) => spec.mounts.some(({ volume }) => volume === name))) {
        throw new Problem('conflict', `The volume ${name} is in use by a container.`);
      }
      state.volumes.delete(name);
    },
  };
}
