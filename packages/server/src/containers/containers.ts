import type { Account, Config } from '@berth/config';
import {
  closest,
  containerTitle,
  Problem,
  type ContainerView,
  type Name,
  type Resources,
  type StartEvent,
  type StartRequest,
  type StopResult,
  type Uuid,
} from '@berth/contract';
import {
  engineName,
  identityOf,
  isUp,
  LABEL,
  plan,
  type Engine,
  type EngineContainer,
  type Labels,
  type Lifecycle,
  type Plan,
  type StartProgress,
} from '@berth/engine';
import type { Audit } from '../acting.ts';
import { createEndUser, type EndUser } from './end-user.ts';
import { createStarts } from './starts.ts';
import { containerView, keepsVolume, volumeTitle } from './view.ts';

/** What users do with their containers. Every function reaches the caller's own ones and no others. */
export interface Containers {
  /** Oldest first. */
  list(account: Account): Promise<ContainerView[]>;
  start(
    account: Account,
    request: StartRequest,
    onProgress: (progress: StartProgress) => void,
    signal: AbortSignal,
  ): Promise<Extract<StartEvent, { event: 'done' }>>;
  /** @param ref a UUID, `template` or `template.name`. `not_found` for anybody else's. */
  stop(account: Account, ref: string): Promise<StopResult>;
  readonly endUser: EndUser;
  /** Removes what failures left behind in the engine, and ends what is of nobody who may run anything. */
  sweep(): Promise<void>;
  /** Resolves when nothing is under way, also of what its caller has not waited for: starts are undone. */
  settled(): Promise<void>;
}

/** A start under way: it counts against its owner's limits before the engine lists the container. */
interface Place {
  /** The engine's; several starts of one name have a place each and count once. */
  readonly name: string;
  readonly resources: Resources;
}

/** How long a container may take to end before it is killed. */
export const STOP_GRACE_MS = 10_000;

export function createContainers(options: {
  readonly config: () => Config;
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly newId: () => Uuid;
  /** Writes down what is ended that its owner has not asked for. */
  readonly audit: Audit;
}): Containers {
  const { config, engine, lifecycle, newId, audit } = options;
  const starts = createStarts();
  const ending = { config, engine, lifecycle, starts, audit, graceMs: STOP_GRACE_MS };
  const { endUser, endUsersGone } = createEndUser(ending);
  const reserved = new Map<Uuid, Set<Place>>();

  const working = new Set<Promise<unknown>>();
  const tracked = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = work();
    working.add(done);
    try {
      return await done;
    } finally {
      working.delete(done);
    }
  };

  const ownership = (account: Account): Labels => ({
    [LABEL.instance]: config().settings.engine.prefix,
    [LABEL.owner]: account.id,
  });

  const owned = (account: Account): Promise<EngineContainer[]> =>
    engine.containers(ownership(account));

  const viewOf = (container: EngineContainer, account: Account): ContainerView =>
    containerView(
      container,
      account,
      config().templates.get(container.labels[LABEL.template] ?? ''),
    );

  /** Plans a start and holds its place among the owner's limits until `release` is called. */
  const admit = async (
    account: Account,
    request: StartRequest,
  ): Promise<{ plan: Plan; release: () => void }> => {
    const template = allowedTemplate(config(), account, request.template);
    // Those of before and those of after: a start that ended while the engine was asked may be
    // missing from its answer. From the answer on nothing is waited for, so nobody comes between.
    const before = [...(reserved.get(account.id) ?? [])];
    const [containers, volumes] = await Promise.all([
      owned(account),
      engine.volumes(ownership(account)),
    ]);
    const places = reserved.get(account.id) ?? new Set<Place>();
    const underWay = [...before, ...places];

    const { engine: engineSettings, ports, networks } = config().settings;
    const username = nameInEngine(account, [...containers, ...volumes]);
    const name = engineName(engineSettings.prefix, username, request);
    const override = account.overrides[request.template] ?? {};
    const kept = keptResources(name, containers);
    const planned = plan({
      id: newId(),
      owner: { id: account.id, username },
      templateName: request.template,
      template,
      name: request.name,
      override: kept === undefined ? override : { ...override, resources: kept },
      limits: account.limits,
      running: resourcesBeside(name, containers, underWay),
      settings: { prefix: engineSettings.prefix, ports, networks },
    });
    const resources = identityOf(planned.container.labels)?.resources;
    const place = resources && { name, resources };
    if (place !== undefined) reserved.set(account.id, places.add(place));
    return {
      plan: planned,
      release: () => {
        if (place !== undefined) places.delete(place);
        if (places.size === 0 && reserved.get(account.id) === places) reserved.delete(account.id);
      },
    };
  };

  return {
    list: async (account) => (await owned(account)).map((container) => viewOf(container, account)),

    start: (account, request, onProgress, signal) =>
      tracked(() =>
        starts.run(account.id, signal, async (until) => {
          refuseGone(config(), account);
          const admitted = await admit(account, request);
          try {
            const { outcome, container } = await lifecycle.start(admitted.plan, onProgress, until);
            return { event: 'done', outcome, container: viewOf(container, account) };
          } finally {
            admitted.release();
          }
        }),
      ),

    stop: (account, ref) =>
      tracked(async () => {
        const container = resolve(await owned(account), ref);
        const view = viewOf(container, account);
        const { templates } = config();
        const outcome = await lifecycle.stop(
          container,
          (volume) => keepsVolume(volume, account, templates),
          STOP_GRACE_MS,
        );
        return {
          container: view,
          removed_volumes: outcome.removedVolumes.map(({ name }) => volumeTitle(name)),
          kept_volumes: outcome.keptVolumes.map(({ name }) => volumeTitle(name)),
          removed_network: outcome.removedNetwork,
        };
      }),

    endUser: (owner, volumes) => tracked(() => endUser(owner, volumes)),

    sweep: () =>
      tracked(async () => {
        const { accounts, templates } = config();
        await lifecycle.sweep(
          (volume) =>
            // A stop kept it and said so; an edit of the template since does not take it away.
            volume.labels[LABEL.persistent] !== 'false' ||
            keepsVolume(volume, accounts.get(volume.labels[LABEL.owner] ?? ''), templates),
        );
        await endUsersGone();
      }),

    settled: async () => {
      await Promise.allSettled(working);
    },
  };
}

/** Who was removed or disabled since they asked: what they had is being ended. */
function refuseGone({ accounts }: Config, { id }: Account): void {
  if (accounts.get(id)?.disabled === false) return;
  throw new Problem('forbidden', 'You may not start anything any more. Ask your admin.');
}

/** The same refusal for a template that is not allowed and one that is not there. */
function allowedTemplate(config: Config, account: Account, name: string) {
  const template = account.templates.has(name) ? config.templates.get(name) : undefined;
  if (template !== undefined) return template;
  const yours = [...account.templates].toSorted();
  const near = closest(name, yours);
  const advice =
    yours.length === 0
      ? 'You have no templates yet; ask your admin for one.'
      : `${near === undefined ? '' : `Did you mean ${near}? `}Yours: ${yours.join(', ')}.`;
  throw new Problem('forbidden', `You have no template called ${name}. ${advice}`, {
    details: { templates: yours },
  });
}

/**
 * The name a user goes by in the engine: where they were renamed, the one that their volumes and
 * containers bear. Those cannot be renamed, and under another name their files would not be found.
 */
function nameInEngine(account: Account, theirs: readonly { readonly name: string }[]): Name {
  const names = theirs.map(({ name }) => name.split('.')[1]);
  return names.includes(account.username) ? account.username : (names[0] ?? account.username);
}

/** What is up or about to be, leaving out the container of this name. */
function resourcesBeside(
  name: string,
  containers: readonly EngineContainer[],
  places: readonly Place[],
): Resources[] {
  const all = new Map(places.map(({ name: taken, resources }) => [taken, resources]));
  for (const container of containers) {
    const identity = identityOf(container.labels);
    if (identity !== undefined && isUp(container)) all.set(container.name, identity.resources);
  }
  all.delete(name);
  return [...all.values()];
}

/** What the container of this name was made with: starting it again gives it that, whatever the template says by now. */
function keptResources(
  name: string,
  containers: readonly EngineContainer[],
): Resources | undefined {
  const existing = containers.find((container) => container.name === name);
  if (existing === undefined || existing.state === 'created') return undefined;
  return identityOf(existing.labels)?.resources;
}

function resolve(containers: readonly EngineContainer[], ref: string): EngineContainer {
  const titled = containers.flatMap((container) => {
    const identity = identityOf(container.labels);
    return identity === undefined ? [] : [{ container, identity, title: containerTitle(identity) }];
  });
  const found = titled.find(({ identity, title }) => identity.id === ref || title === ref);
  if (found !== undefined) return found.container;
  const near = closest(
    ref,
    titled.map(({ title }) => title),
  );
  const advice = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new Problem('not_found', `You have no container ${ref}.${advice} Yours: berth list`);
}
