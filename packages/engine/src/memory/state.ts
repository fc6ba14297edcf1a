import type { ContainerState } from '@berth/contract';
import type {
  ContainerSpec,
  EngineId,
  EngineVolume,
  EngineNetwork,
  Labels,
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
}

/** All that a memory engine has. Containers are in the order in which they were made. */
export interface MemoryState {
  readonly images: Set<string>;
  readonly containers: Map<EngineId, MemoryContainer>;
  readonly networks: Map<string, EngineNetwork & { readonly subnet: string }>;
  readonly volumes: Map<string, EngineVolume>;
}

export function running(state: MemoryState): MemoryContainer[] {
  return [...state.containers.values()].filter((container) => container.state === 'running');
}

export function carries(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
