import type { EventEmitter } from 'node:events';
import type { ContainerState } from '@berth/contract';
import type {
  ContainerEvent,
  ContainerSpec,
  EngineId,
  EngineVolume,
  EngineNetwork,
  Labels,
  LogEntry,
  PublishedPort,
} from '../port.ts';

export interface MemoryContainer {
  readonly id: EngineId;
  readonly spec: ContainerSpec;
  readonly created: Date;
  state: ContainerState;
  exitCode: number | undefined;
  /** While it runs. */
  startedAt: Date | undefined;
  ports: readonly PublishedPort[];
  readonly output: LogEntry[];
  readonly voice: EventEmitter<{ printed: [LogEntry]; ended: [] }>;
}

export interface Happening {
  readonly event: ContainerEvent;
  readonly labels: Labels;
}

/** All that a memory engine has. Containers are in the order in which they were made. */
export interface MemoryState {
  readonly images: Set<string>;
  readonly containers: Map<EngineId, MemoryContainer>;
  readonly networks: Map<string, EngineNetwork & { readonly subnet: string }>;
  readonly volumes: Map<string, EngineVolume>;
  readonly happenings: EventEmitter<{ happening: [Happening] }>;
}

export function running(state: MemoryState): MemoryContainer[] {
  return [...state.containers.values()].filter((container) => container.state === 'running');
}
