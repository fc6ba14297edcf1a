import type { ServerEvent, Uuid } from '@berth/contract';
import { frameOf } from './frame.ts';

/** Whom an event concerns: these users, and who holds the right. */
export interface Audience {
  readonly users?: ReadonlySet<Uuid>;
  /** `admin` is a login of an admin; `monitor` any caller who may see how everything is. */
  readonly right?: 'monitor' | 'admin';
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

export interface Publication {
  readonly event: WithoutTime<ServerEvent>;
  readonly audience: Audience;
}

interface Kept {
  readonly frame: Buffer;
  readonly audience: Audience;
}

/** The last events of this life of the server, numbered from 1. */
export interface Ring {
  add(publication: Publication): void;
  /** 0 before the first event. */
  newest(): number;
  /** Undefined for an event that is gone, or has not been yet. */
  get(number: number): Kept | undefined;
  idOf(number: number): string;
  /** The number of the event with this id; undefined where it is not known what came behind it. */
  after(id: string): number | undefined;
}

/** What a user in an audience takes beside the user's own UUID, which others hold too. */
const BYTES_PER_USER = 48;

/**
 * @param options.life names this life of the server: hex digits that no other has
 * @param options.most how many events are kept, and how many bytes they take; one stays at any size
 */
export function createRing(options: {
  readonly life: string;
  readonly now: () => Date;
  readonly most: { readonly events: number; readonly bytes: number };
}): Ring {
  const { life, now, most } = options;
  const kept = new Map<number, Kept>();
  let newest = 0;
  let bytes = 0;

  const idOf = (number: number): string => `${life}-${number}`;
  const dropOldest = (): void => {
    const number = newest - kept.size + 1;
    const oldest = kept.get(number);
    if (oldest === undefined) return;
    bytes -= sizeOf(oldest);
    kept.delete(number);
  };
  return {
    add: ({ event, audience }) => {
      newest += 1;
      const { kind, ...subject } = event;
      // What an event is comes first, for who reads the stream by eye.
      const timed = { kind, at: now().toISOString(), ...subject } as ServerEvent;
      const one = { frame: frameOf(timed, idOf(newest)), audience };
      kept.set(newest, one);
      bytes += sizeOf(one);
      while (kept.size > 1 && (kept.size > most.events || bytes > most.bytes)) dropOldest();
    },
    newest: () => newest,
    get: (number) => kept.get(number),
    idOf,
    after: (id) => {
      const [, of, digits] = /^([0-9a-f]+)-(\d{1,15})$/.exec(id) ?? [];
      const number = Number(digits);
      const isKnown = of === life && number <= newest && number >= newest - kept.size;
      return isKnown ? number : undefined;
    },
  };
}

const sizeOf = ({ frame, audience }: Kept): number =>
  frame.length + (audience.users?.size ?? 0) * BYTES_PER_USER;
