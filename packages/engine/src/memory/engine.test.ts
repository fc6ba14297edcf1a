import { engineContract } from '../testing/engine-contract.ts';
import { createMemoryEngine } from './engine.ts';

engineContract('the memory engine', async () => {
  let engine = createMemoryEngine();
  let made = 0;
  const prefix = 'memory';
  const fresh = () =>
    createMemoryEngine({ images: ['present:1'], registry: ['pullable:1', 'present:1'] });
  engine = fresh();
  return {
    get engine() {
      return engine;
    },
    image: 'present:1',
    pullableImage: 'pullable:1',
    missingImage: 'missing:1',
    prefix,
    subnet: (bits) => `10.0.${(made += 1)}.0/${bits}`,
    ports: async (count) => [20_000, 20_000 + count - 1],
    print: async (...what) => engine.print(...what),
    clear: async () => {
      engine = fresh();
    },
    close: async () => undefined,
  };
});
