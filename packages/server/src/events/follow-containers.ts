import { createQueue, type Later } from '@berth/config';
import { Problem, type Name, type Uuid } from '@berth/contract';
import {
  identityOf,
  isUp,
  type ContainerDetails,
  type Engine,
  type EngineContainer,
  type EngineId,
  type Identity,
} from '@berth/engine';
import { hearEngine } from './hear-engine.ts';
import type { Publication } from './ring.ts';

/** Looks at the containers whenever something happened to them, and tells what has become of them. */
export interface ContainerFollower {
  begin(): void;
  /** Compares them with what they were, and tells of the differences. Never rejects. */
  look(): Promise<void>;
  /** Looks in a moment, once for all that happens until then. */
  lookSoon(): void;
  end(): void;
}

/** How often it looks where the engine tells nothing, and tries to hear it again. */
const AGAIN_MS = 15_000;

/** A start and a stop are several calls to the engine each. */
const SOON_MS = 100;

/**
 * @param options.containers all of this server’s
 * @param options.events what happens to them
 * @param options.details more about some of them
 * @param options.usernameOf undefined for a user who is gone
 * @param options.onFault is told what went wrong that no engine is known to do
 */
export function followContainers(options: {
  readonly containers: () => Promise<readonly EngineContainer[]>;
  readonly events: (signal: AbortSignal) => ReturnType<Engine['events']>;
  readonly details: Engine['details'];
  readonly usernameOf: (owner: Uuid) => Name | undefined;
  readonly publish: (publications: Publication[]) => void;
  readonly later: Later;
  readonly onFault: (error: unknown) => void;
}): ContainerFollower {
  const { containers, events, details, usernameOf, publish, later, onFault } = options;
  const inTurn = createQueue();
  /** Undefined until it has looked for the first time. */
  let known: ReadonlyMap<Uuid, Seen> | undefined;
  let isDown = false;
  let stopAgain: (() => void) | undefined;
  let stopSoon: (() => void) | undefined;

  const tell = (event: Publication['event'], owner?: Uuid): Publication => ({
    event,
    audience: { right: 'monitor', ...(owner !== undefined && { users: new Set([owner]) }) },
  });

  const compare = async (): Promise<void> => {
    const now = seen(await containers());
    const news = isDown ? [tell({ kind: 'engine_up' })] : [];
    // Where the engine was down from the start nobody knows what ran before.
    const before = known ?? (isDown ? new Map<Uuid, Seen>() : now);
    const ended = now.entries().filter(([id, after]) => hasEnded(before.get(id), after));
    const ids = [...ended].map(([, { container }]) => container.id);
    const about = ids.length === 0 ? new Map<EngineId, never>() : await details(ids);
    for (const id of new Set([...before.keys(), ...now.keys()])) {
      const [earlier, after] = [before.get(id), now.get(id)];
      const { identity } = after ?? earlier ?? {};
      if (identity === undefined) continue;
      const { template, name, owner } = identity;
      const username = usernameOf(owner);
      const container = {
        id,
        template,
        ...(name !== undefined && { name }),
        owner: { id: owner, ...(username !== undefined && { username }) },
      };
      news.push(
        ...changesOf(earlier, after, about).map((change) => tell({ ...change, container }, owner)),
      );
    }
    known = now;
    isDown = false;
    if (news.length > 0) publish(news);
  };

  const look = (): Promise<void> =>
    inTurn(compare).catch((error: unknown) => {
      if (!(error instanceof Problem)) {
        onFault(error);
        return;
      }
      if (!isDown) publish([tell({ kind: 'engine_down' })]);
      isDown = true;
    });

  const lookSoon = (): void => {
    stopSoon ??= later(() => {
      stopSoon = undefined;
      void look();
    }, SOON_MS);
  };

  const hearing = hearEngine({
    events,
    onEvent: lookSoon,
    onBreak: () => void look(),
    onFault,
  });

  const again = (): void => {
    stopAgain = later(again, AGAIN_MS);
    void look();
    void hearing.open();
  };
  return {
    begin: again,
    look,
    lookSoon,
    end: () => {
      hearing.end();
      stopAgain?.();
      stopSoon?.();
    },
  };
}

interface Seen {
  readonly identity: Identity;
  readonly container: EngineContainer;
}

function seen(containers: readonly EngineContainer[]): Map<Uuid, Seen> {
  const all = new Map<Uuid, Seen>();
  for (const container of containers) {
    const identity = identityOf(container.labels);
    if (identity !== undefined) all.set(identity.id, { identity, container });
  }
  return all;
}

type Event = Publication['event'];
type WithoutContainer<T> = T extends { container: unknown } ? Omit<T, 'container'> : never;

function changesOf(
  before: Seen | undefined,
  after: Seen | undefined,
  details: ReadonlyMap<EngineId, ContainerDetails>,
): WithoutContainer<Event>[] {
  const earlier = before?.container;
  const later = after?.container;
  // A start begins with one that does not run; where it fails nothing is left of it.
  if (later === undefined) {
    return earlier?.state === 'created' ? [] : [{ kind: 'container_removed' }];
  }
  const wasUp = earlier !== undefined && isUp(earlier);
  if (isUp(later)) {
    if (!wasUp) return [{ kind: 'container_started' }];
    const { health } = later;
    return health === undefined || health === earlier.health
      ? []
      : [{ kind: 'container_health', health }];
  }
  if (!hasEnded(before, after)) return [];
  const { id, exitCode } = later;
  const exit = exitCode === undefined ? {} : { exit_code: exitCode };
  const isOutOfMemory = details.get(id)?.oomKilled === true;
  return [{ kind: 'container_stopped', ...exit, out_of_memory: isOutOfMemory }];
}

const hasEnded = (before: Seen | undefined, after: Seen | undefined): boolean =>
  after !== undefined && isOver(after.container) && !(before && isOver(before.container));

const isOver = ({ state }: EngineContainer): boolean => state === 'exited' || state === 'dead';

/**
 * The same engine, which tells when something was done to a container, or may have been: also while the
 * engine’s own events are not heard.
 */
export function tellingEngine(engine: Engine, onChange: () => void): Engine {
  const telling = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } finally {
      onChange();
    }
  };
  return {
    ...engine,
    startContainer: (id) => telling(engine.startContainer(id)),
    stopContainer: (id, graceMs) => telling(engine.stopContainer(id, graceMs)),
    restartContainer: (id, graceMs) => telling(engine.restartContainer(id, graceMs)),
    removeContainer: (id) => telling(engine.removeContainer(id)),
  };
}
