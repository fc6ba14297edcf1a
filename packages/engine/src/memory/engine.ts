import { EventEmitter } from 'node:events';
import type { Engine, EngineId, LogEntry } from '../port.ts';
import { containerCalls } from './containers.ts';
import { imageCalls } from './images.ts';
import { networkCalls } from './networks.ts';
import { observingCalls } from './observe.ts';
import type { Happening, MemoryState } from './state.ts';
import { streamCalls } from './streams.ts';
import { volumeCalls } from './volumes.ts';

const MEMORY = 64 * 1024 ** 3;

export interface MemoryEngineOptions {
  /** References of the images that are present at first. */
  readonly images?: readonly string[];
  /** References of the images that can be pulled. */
  readonly registry?: readonly string[];
  /** CPUs of the machine that it plays. */
  readonly cpus?: number;
  readonly now?: () => Date;
}

export interface MemoryEngine extends Engine {
  /** Has a container print something. */
  print(id: EngineId, stream: LogEntry['stream'], text: string): void;
}

/**
 * An `Engine` that keeps the port’s promises in memory and runs nothing. To make calls fail, see
 * `withFaults`.
 */
export function createMemoryEngine(options: MemoryEngineOptions = {}): MemoryEngine {
  const { images = [], registry = [], cpus = 64, now = () => new Date() } = options;
  const state: MemoryState = {
    images: new Set(images),
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
    // Any number of listeners.
    happenings: new EventEmitter<{ happening: [Happening] }>().setMaxListeners(0),
  };
  return {
    version: async () => 'memory',
    info: async () => ({
      version: 'memory',
      operatingSystem: 'memory',
      cpus,
      memoryBytes: MEMORY,
      directory: undefined,
      cgroupVersion: 2,
    }),
    ...imageCalls(state, new Set(registry)),
    ...containerCalls(state, { cpus, now }),
    ...observingCalls(state, now),
    ...streamCalls(state),
    ...networkCalls(state),
    ...volumeCalls(state),
    close() {},
    print(id, stream, text) {
      const entry = { stream, time: now(), text };
      const container = state.containers.get(id);
      container?.output.push(entry);
      container?.voice.emit('printed', entry);
    },
  };
}
