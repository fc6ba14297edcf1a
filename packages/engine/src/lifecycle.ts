import { Problem } from '@berth/contract';
import { createKeyedLock } from './keyed-lock.ts';
import { LABEL } from './labels.ts';
import type { Plan } from './plan.ts';
import type { Engine, EngineContainer, EngineVolume } from './port.ts';
import { createPrivateNetworks } from './private-networks.ts';
import {
  createOnce,
  ensureImage,
  ensureVolumes,
  throwIfCancelled,
  type StartProgress,
} from './provision.ts';

export interface StartOutcome {
  readonly outcome: 'started' | 'resumed' | 'already_running';
  readonly container: EngineContainer;
}

export interface StopOutcome {
  readonly removedVolumes: readonly EngineVolume[];
  readonly keptVolumes: readonly EngineVolume[];
  readonly removedNetwork: boolean;
}

export interface Lifecycle {
  /**
   * Makes what the plan says and starts it. Starting what runs already succeeds; what has exited is
   * started again as it is, with the files it had. A failure undoes what was made.
   *
   * @param signal cancels: the start is undone and fails with `cancelled`
   */
  start(
    plan: Plan,
    onProgress: (progress: StartProgress) => void,
    signal: AbortSignal,
  ): Promise<StartOutcome>;
  /** Stops and removes a container, those of its volumes that `keeps` refuses, and an empty network. */
  stop(
    container: EngineContainer,
    keeps: (volume: EngineVolume) => boolean,
    graceMs: number,
  ): Promise<StopOutcome>;
  /**
   * Ends a container and starts it again as it is. `not_found` where it was stopped meanwhile; otherwise
   * refused as a start.
   */
  restart(container: EngineContainer, graceMs: number): Promise<void>;
  /**
   * Removes what failures left behind: containers that were made and never started, or whose start
   * was given up while the engine did not answer; volumes that should have gone with their
   * container; networks that nobody is in. What a running start has made is left alone.
   */
  sweep(keeps: (volume: EngineVolume) => boolean): Promise<void>;
}

/**
 * @param instance value of the `io.berth.instance` label: what else is in the engine is not touched
 * @param onLeftover hears of what could not be undone; `sweep` finds it later
 */
export function createLifecycle(options: {
  readonly engine: Engine;
  readonly instance: string;
  readonly onLeftover: (container: string, error: unknown) => void;
}): Lifecycle {
  const { engine, instance, onLeftover } = options;
  const lock = createKeyedLock();
  const networks = createPrivateNetworks(engine);
  /** Names whose start is under way, and ids (`io.berth.id`) of starts that could not be undone. */
  const underWay = new Set<string>();
  const givenUp = new Set<string>();

  const start: Lifecycle['start'] = (plan, onProgress, signal) =>
    lock(plan.container.name, async () => {
      underWay.add(plan.container.name);
      try {
        const existing = await existingContainer(plan);
        if (existing !== undefined) return await takeUp(existing);
        return await startNew(plan, onProgress, signal);
      } finally {
        underWay.delete(plan.container.name);
      }
    });

  /** The container of that name, if it is this user's and was ever started. */
  const existingContainer = async ({
    container: spec,
  }: Plan): Promise<EngineContainer | undefined> => {
    const existing = await engine.containerNamed(spec.name);
    if (existing === undefined) return undefined;
    const isTheirs = [LABEL.instance, LABEL.owner, LABEL.template].every(
      (label) => existing.labels[label] === spec.labels[label],
    );
    if (!isTheirs) {
      throw new Problem(
        'name_taken',
        `The engine already has a container called ${spec.name} that was not made for you. Start yours with --name, or ask your admin to remove the other.`,
      );
    }
    if (existing.state !== 'created') return existing;
    // Left over from a start that failed: it never ran, so nothing is lost with it.
    await engine.removeContainer(existing.id);
    return undefined;
  };

  const takeUp = async (existing: EngineContainer): Promise<StartOutcome> => {
    givenUp.delete(existing.labels[LABEL.id] ?? '');
    if (isUp(existing)) return { outcome: 'already_running', container: existing };
    await engine.startContainer(existing.id);
    return { outcome: 'resumed', container: await found(existing.name) };
  };

  const startNew: Lifecycle['start'] = async (plan, onProgress, signal) => {
    const madeVolumes: string[] = [];
    try {
      await ensureImage(engine, plan, onProgress, signal);
      onProgress({ event: 'creating' });
      const id = await networks.within(plan.network, async () => {
        throwIfCancelled(signal);
        await ensureVolumes(engine, instance, plan.container.mounts, madeVolumes);
        return createOnce(engine, plan.container);
      });
      throwIfCancelled(signal);
      onProgress({ event: 'starting' });
      await engine.startContainer(id);
      throwIfCancelled(signal);
      return { outcome: 'started', container: await found(plan.container.name) };
    } catch (error) {
      await undo(plan, madeVolumes);
      throw error;
    }
  };

  const undo = async (plan: Plan, madeVolumes: readonly string[]): Promise<void> => {
    const { name, labels } = plan.container;
    try {
      const made = await engine.containerNamed(name);
      if (made !== undefined && made.labels[LABEL.id] === labels[LABEL.id]) {
        await engine.removeContainer(made.id);
      }
      for (const volume of madeVolumes) await engine.removeVolume(volume);
      if (plan.network !== undefined) await networks.removeUnused(plan.network.name, instance);
    } catch (error) {
      givenUp.add(labels[LABEL.id] ?? '');
      onLeftover(name, error);
    }
  };

  const stop: Lifecycle['stop'] = (container, keeps, graceMs) =>
    lock(container.name, async () => {
      const now = await engine.containerNamed(container.name);
      if (now !== undefined && now.id !== container.id) {
        // Stopped and started anew while we waited: the volumes are the new one's.
        return { removedVolumes: [], keptVolumes: [], removedNetwork: false };
      }
      await engine.stopContainer(container.id, graceMs);
      await engine.removeContainer(container.id);
      const mounted = new Set(container.mounts.map((mount) => mount.volume));
      const volumes = (await engine.volumes({ [LABEL.instance]: instance })).filter((volume) =>
        mounted.has(volume.name),
      );
      const removedVolumes = volumes.filter((volume) => !keeps(volume));
      for (const volume of removedVolumes) await engine.removeVolume(volume.name);
      const network = container.labels[LABEL.network];
      return {
        removedVolumes,
        keptVolumes: volumes.filter(keeps),
        removedNetwork: network !== undefined && (await networks.removeUnused(network, instance)),
      };
    });

  const restart: Lifecycle['restart'] = ({ name, id }, graceMs) =>
    lock(name, () => engine.restartContainer(id, graceMs));

  const sweep: Lifecycle['sweep'] = async (keeps) => {
    for (const container of await engine.containers({ [LABEL.instance]: instance })) {
      const id = container.labels[LABEL.id] ?? '';
      const isLeftover = container.state === 'created' || givenUp.has(id);
      if (!isLeftover || underWay.has(container.name)) continue;
      await lock(container.name, async () => {
        // A start may have taken it up while we waited.
        const now = await engine.containerNamed(container.name);
        const isStill = now?.id === container.id && (now.state === 'created' || givenUp.has(id));
        if (isStill) await engine.removeContainer(container.id);
        givenUp.delete(id);
      });
    }
    const remaining = await engine.containers({ [LABEL.instance]: instance });
    const mounted = new Set(remaining.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)));
    for (const volume of await engine.volumes({ [LABEL.instance]: instance })) {
      const container = volume.name.slice(0, volume.name.lastIndexOf('.'));
      if (mounted.has(volume.name) || keeps(volume) || underWay.has(container)) continue;
      await lock(container, () => removeIdle(engine.removeVolume(volume.name)));
    }
    for (const network of await engine.networks()) {
      if (network.labels[LABEL.instance] !== instance) continue;
      await removeIdle(networks.removeUnused(network.name, instance));
    }
  };

  const found = async (name: string): Promise<EngineContainer> => {
    const container = await engine.containerNamed(name);
    if (container !== undefined) return container;
    throw new Problem('not_found', `The container ${name} was removed while it was starting.`);
  };

  return { start, stop, restart, sweep };
}

/** Whether the container has processes, so that it counts against limits and need not be started. */
export function isUp({ state }: EngineContainer): boolean {
  switch (state) {
    case 'running':
    case 'paused':
    case 'restarting':
      return true;
    case 'created':
    case 'exited':
    case 'dead':
    case 'removing':
      return false;
    default:
      return state satisfies never;
  }
}

/** Something that came into use since we looked stays. */
async function removeIdle(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'conflict') throw error;
  }
}
