import type { ContainerDetails, Engine, EngineId } from '../port.ts';
import type { ContainerInspection } from './api.ts';
import { unless, type Call } from './call.ts';
import { checkedId } from './names.ts';
import { toStats } from './sample.ts';

/** Questions about containers that are under way at a time, where the engine answers at once. */
const INSPECTIONS = 8;
/** Engine 20.10 looks once a second at those that are asked for, and answers then. */
const SAMPLES = 128;

/** The calls that look at containers and change nothing. */
export function observingCalls(call: Call): Pick<Engine, 'details' | 'stats'> {
  return {
    details: (ids) =>
      ofEach(ids, INSPECTIONS, async (id) => {
        const inspection = await call('details', id, (docker, abortSignal) =>
          unless([404], docker.getContainer(checkedId(id)).inspect({ abortSignal })),
        );
        return inspection && toDetails(inspection);
      }),

    stats: (ids) =>
      ofEach(ids, SAMPLES, async (id) => {
        const options = { stream: false, 'one-shot': true } as const;
        const sample = await call('stats', id, (docker, abortSignal) =>
          unless([404], docker.getContainer(checkedId(id)).stats({ ...options, abortSignal })),
        );
        return sample && toStats(sample);
      }),
  };
}

/** What `ask` answers for each of these, so many at a time; without those of which there is nothing. */
async function ofEach<T>(
  ids: readonly EngineId[],
  atATime: number,
  ask: (id: EngineId) => Promise<T | undefined>,
): Promise<Map<EngineId, T>> {
  const answers = new Map<EngineId, T>();
  const waiting = ids.values();
  const work = async () => {
    for (const id of waiting) {
      const answer = await ask(id);
      if (answer !== undefined) answers.set(id, answer);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, ids.length) }, work));
  return answers;
}

function toDetails({ State }: ContainerInspection): ContainerDetails {
  return {
    startedAt: State.Running ? new Date(State.StartedAt) : undefined,
    oomKilled: State.OOMKilled,
  };
}
