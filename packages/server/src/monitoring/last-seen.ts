import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createQueue, makeFolder, replaceFile, unlessMissing, type Later } from '@berth/config';
import { Uuid } from '@berth/contract';
import { Type } from 'typebox';
import { Check } from 'typebox/value';

/** When each client was last seen: in memory, and now and then in the state folder. */
export interface LastSeen {
  /** Takes up what an earlier server has written down. A damaged file is put aside. */
  load(): Promise<void>;
  /** Writes it down at intervals from now on. */
  begin(): void;
  see(client: Uuid): void;
  /** Milliseconds, by a clock that nobody sets; undefined for a client that never was. */
  ageOf(client: Uuid): number | undefined;
  /** All that ever were, with their age. */
  ages(): Iterable<readonly [client: Uuid, ageMs: number]>;
  /** Writes it down, for the last time. */
  end(): Promise<void>;
}

/** Milliseconds since 1970: of all that the file says only ages are used, so one clock is enough. */
const File = Type.Object(
  { version: Type.Literal(1), seen: Type.Record(Uuid, Type.Integer()) },
  { additionalProperties: false },
);

/** Formatting all of 100,000 at once would hold up every answer for 60 ms. */
const AT_A_TIME = 2000;

/**
 * @param options.stateDirectory is asked each time: a server follows what `main.yaml` names
 * @param options.isClient whether there is such a client still: others are forgotten
 * @param options.onFault is told of what could not be read or written, once until it goes again
 */
export function createLastSeen(options: {
  readonly stateDirectory: () => string;
  readonly flushMs: () => number;
  readonly isClient: (client: Uuid) => boolean;
  readonly clock: { readonly now: () => number; readonly monotonic: () => number };
  readonly later: Later;
  readonly onFault: (what: 'last_seen_not_read' | 'last_seen_not_written', error: unknown) => void;
}): LastSeen {
  const { stateDirectory, flushMs, isClient, clock, later, onFault } = options;
  /** On the monotonic clock: a summer time, or a clock that is set, makes nobody stale. */
  const moments = new Map<Uuid, number>();
  const inTurn = createQueue();
  let isNew = false;
  let isFaulty = false;
  let stop: (() => void) | undefined;

  const path = (): string => join(stateDirectory(), 'last-seen.json');

  const write = async (): Promise<void> => {
    if (!isNew) return;
    isNew = false;
    const epoch = clock.now() - clock.monotonic();
    const parts: string[] = [];
    for (const [client, moment] of moments) {
      if (!isClient(client)) {
        moments.delete(client);
        continue;
      }
      if (parts.length % AT_A_TIME === AT_A_TIME - 1) await setImmediate();
      parts.push(`"${client}":${Math.round(epoch + moment)}`);
    }
    await makeFolder(stateDirectory());
    await replaceFile(path(), `{"version":1,"seen":{${parts.join(',\n')}}}\n`);
    isFaulty = false;
  };

  const flush = (): Promise<void> =>
    inTurn(write).catch((error: unknown) => {
      isNew = true;
      if (!isFaulty) onFault('last_seen_not_written', error);
      isFaulty = true;
    });

  const begin = (): void => {
    stop = later(() => {
      void flush().then(begin);
    }, flushMs());
  };

  return {
    load: async () => {
      const text = await unlessMissing(readFile(path(), 'utf8'));
      if (text === undefined) return;
      const seen = seenIn(text);
      if (seen === undefined) {
        const aside = `${path()}.damaged`;
        await rename(path(), aside);
        onFault('last_seen_not_read', new Error(`It is damaged, and was put aside: ${aside}`));
        return;
      }
      for (const [client, time] of Object.entries(seen)) {
        // One of the future was written before the clock was set back.
        moments.set(client, clock.monotonic() - Math.max(0, clock.now() - time));
      }
    },
    begin,
    see: (client) => {
      moments.set(client, clock.monotonic());
      isNew = true;
    },
    ageOf: (client) => {
      const moment = moments.get(client);
      return moment === undefined ? undefined : clock.monotonic() - moment;
    },
    *ages() {
      const now = clock.monotonic();
      for (const [client, moment] of moments) yield [client, now - moment];
    },
    end: async () => {
      stop?.();
      await flush();
      stop?.();
    },
  };
}

function seenIn(text: string): Readonly<Record<Uuid, number>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Check(File, value) ? value.seen : undefined;
  } catch {
    return undefined;
  }
}
