import type { Engine } from '../port.ts';
import { containerCalls } from './containers.ts';
import { imageCalls } from './images.ts';
import { networkCalls } from './networks.ts';
import { observingCalls } from './observe.ts';
import type { MemoryState } from './state.ts';
import { volumeCalls } from './volumes.ts';

export interface MemoryEngineOptions {
  /** References of the images that are present at first. */
  readonly images?: readonly string[];
  /** References of the images that can be pulled. */
  readonly registry?: readonly string[];
  /** CPUs of the machine that it plays. */
  readonly cpus?: number;
  readonly now?: () => Date;
}

/**
 * An `Engine` that keeps the port’s promises in memory and runs nothing. To make calls fail, see
 * `withFaults`.
 */
export function createMemoryEngine(options: MemoryEngineOptions = {}): Engine {
  const { images = [], registry = [], cpus = 64, now = () => new Date() } = options;
  const state: MemoryState = {
    images: new Set(images),
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
  };
  return {
    version: async () => 'memory',
    ...imageCalls(state, new Set(registry)),
    ...containerCalls(state, { cpus, now }),
    ...observingCalls(state, now),
    ...networkCalls(state),
    ...volumeCalls(state),
    close() {},
  };
}
