import { setImmediate } from 'node:timers/promises';
import { Problem } from '@berth/contract';
import type { Engine } from '../port.ts';
import type { MemoryState } from './state.ts';

/** Every image comes as these layers, with their sizes in bytes. */
const LAYERS = [
  ['base', 3_000_000],
  ['top', 20_000],
] as const;

export function imageCalls(
  state: MemoryState,
  registry: ReadonlySet<string>,
): Pick<Engine, 'hasImage' | 'pull'> {
  return {
    hasImage: async (reference) => state.images.has(reference),
    async pull(reference, onProgress, signal) {
      // What fires the signal gets its turn before each step.
      const step = async () => {
        await setImmediate();
        if (signal.aborted) throw new Problem('cancelled', 'Fetching the image was cancelled.');
      };
      await step();
      if (!registry.has(reference)) {
        throw new Problem('image_unavailable', `The registry has no image ${reference}.`);
      }
      for (const [layer] of LAYERS) onProgress({ layer, status: 'waiting' });
      for (const [layer, total] of LAYERS) {
        for (const current of [Math.floor(total / 2), total]) {
          await step();
          onProgress({ layer, status: 'downloading', current, total });
        }
      }
      for (const [layer, total] of LAYERS) {
        await step();
        onProgress({ layer, status: 'extracting', current: total, total });
        onProgress({ layer, status: 'done', current: total, total });
      }
      state.images.add(reference);
    },
  };
}
