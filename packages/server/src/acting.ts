import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditEntry } from '@berth/contract';
import type { FastifyRequest } from 'fastify';
import { actorOf } from './http/caller.ts';

/** Who acts, and from where. */
export type Acting = Pick<AuditEntry, 'by' | 'from'>;

/** What was done; `done` unless it says otherwise, by who acts at this moment unless it says who. */
export type Deed = Omit<AuditEntry, 'time' | 'by' | 'from' | 'outcome'> &
  Partial<Pick<AuditEntry, 'outcome'> & Acting>;

/** Writes down in the audit trail what was done. Resolves when it is on the disk; never rejects. */
export type Audit = (deed: Deed) => Promise<void>;

/**
 * Knows, wherever a request’s work has got to, whose it is: so that no feature can forget to tell the
 * audit trail, and none has to hand it through.
 */
export interface ActingNow {
  /** Does the rest of a request as its caller; one for anyone as a stranger’s. */
  as(request: FastifyRequest, work: () => void): void;
  /** Undefined for what nobody has asked for. */
  current(): Acting | undefined;
}

export function createActingNow(): ActingNow {
  const storage = new AsyncLocalStorage<Acting>();
  return {
    as: (request, work) => {
      const by = request.caller === undefined ? { kind: 'stranger' as const } : actorOf(request);
      storage.run({ by, from: request.ip }, work);
    },
    current: () => storage.getStore(),
  };
}
