import type { Config } from '@berth/config';
import { counted, type Uuid } from '@berth/contract';
import { LABEL, type Engine, type EngineContainer, type Lifecycle } from '@berth/engine';
import type { Audit } from '../acting.ts';
import type { Starts } from './starts.ts';
import { keepsVolume } from './view.ts';

/**
 * Ends all that a user runs or is about to start, in whatever state it is. `keep` leaves the volumes that
 * a stop leaves, and those of who is removed all; `remove` destroys all of theirs. Throws where the engine
 * does not do it; what is left then the sweep ends, but it removes no volumes.
 */
export type EndUser = (owner: Uuid, volumes: 'keep' | 'remove') => Promise<void>;

export function createEndUser(options: {
  readonly config: () => Config;
  readonly engine: Pick<Engine, 'containers' | 'volumes' | 'removeVolume'>;
  readonly lifecycle: Pick<Lifecycle, 'stop'>;
  readonly starts: Pick<Starts, 'giveUp'>;
  readonly audit: Audit;
  readonly graceMs: number;
}): { readonly endUser: EndUser; readonly endUsersGone: () => Promise<void> } {
  const { config, engine, lifecycle, starts, audit, graceMs } = options;
  const instance = (): string => config().settings.engine.prefix;

  const stopAll = async (owner: Uuid, containers: readonly EngineContainer[]): Promise<void> => {
    const { accounts, templates } = config();
    const account = accounts.get(owner);
    const stops = containers.map((container) =>
      lifecycle.stop(container, (volume) => keepsVolume(volume, account, templates), graceMs),
    );
    // One that cannot be stopped keeps no other from it.
    const failed = (await Promise.allSettled(stops)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  };

  const endUser: EndUser = async (owner, volumes) => {
    await starts.giveUp(owner);
    const theirs = { [LABEL.instance]: instance(), [LABEL.owner]: owner };
    const containers = await engine.containers(theirs);
    await stopAll(owner, containers);
    const doomed = volumes === 'remove' ? await engine.volumes(theirs) : [];
    for (const { name } of doomed) await engine.removeVolume(name);
    if (containers.length + doomed.length === 0) return;
    const [named] = [...containers, ...doomed].map(({ name }) => name.split('.')[1]);
    await audit({
      action: 'end_containers',
      subject: config().accounts.get(owner)?.username ?? named ?? owner,
      what: `end ${counted(containers.length, 'container')}, remove ${counted(doomed.length, 'volume')}`,
    });
  };

  return {
    endUser,
    endUsersGone: async () => {
      const containers = await engine.containers({ [LABEL.instance]: instance() });
      const owners = new Set(containers.map(({ labels }) => labels[LABEL.owner] ?? ''));
      for (const owner of owners) {
        if (config().accounts.get(owner)?.disabled !== false) await endUser(owner, 'keep');
      }
    },
  };
}
