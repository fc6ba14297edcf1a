import { parseBytes, type ContainerState, type ContainerView } from '@berth/contract';

/** States in which a container counts against its owner's limits, as the server counts. */
const UP: ReadonlySet<ContainerState> = new Set(['running', 'paused', 'restarting']);

/** What containers use of a user's limits; memory in bytes. */
export interface Use {
  readonly containers: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly pids: number;
}

export function useOf(containers: readonly ContainerView[]): Use {
  const up = containers.filter(({ state }) => UP.has(state));
  const sum = (amount: (container: ContainerView) => number): number =>
    up.reduce((total, container) => total + amount(container), 0);
  return {
    containers: up.length,
    // CPUs count in hundredths; adding fractions would drift.
    cpus: sum(({ resources }) => Math.round(resources.cpus * 100)) / 100,
    memoryBytes: sum(({ resources }) => parseBytes(resources.memory)),
    pids: sum(({ resources }) => resources.pids),
  };
}
