import type { ContainerEvent, Engine } from '../port.ts';
import { brokenOff } from './errors.ts';
import { jsonLines } from './json-lines.ts';
import { labelFilter } from './labels.ts';
import { checkedId } from './names.ts';
import type { Stream } from './stream.ts';

const ACTIONS = new Map<string, ContainerEvent['action']>([
  ['start', 'started'],
  ['die', 'ended'],
  ['destroy', 'removed'],
  ['health_status', 'health'],
]);

/** The part that we read. Behind a colon some actions have more: `health_status: healthy`. */
interface EventLine {
  readonly Action: string;
  readonly Actor: { readonly ID: string };
}

export function eventCalls(host: string, stream: Stream): Pick<Engine, 'events'> {
  async function* eventsOf(answer: NodeJS.ReadableStream): AsyncGenerator<ContainerEvent> {
    for await (const line of jsonLines(answer)) {
      const { Action, Actor } = line as EventLine;
      const action = ACTIONS.get(Action.replace(/:.*/s, ''));
      if (action !== undefined) yield { id: checkedId(Actor.ID), action };
    }
    // As it does where it is stopped in good order.
    throw brokenOff(host);
  }

  return {
    events: (labels, signal) => {
      const filters = { type: ['container'], event: [...ACTIONS.keys()], ...labelFilter(labels) };
      return stream(
        'events',
        '',
        (docker, abortSignal) => docker.getEvents({ filters, abortSignal }),
        eventsOf,
        signal,
      );
    },
  };
}
