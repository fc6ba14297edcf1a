import type { Uuid } from '@berth/contract';
import type { Publication } from './ring.ts';

/** What becomes of a client that waits to be let in, for admins. */
export function enrolmentEvent(
  step: 'asked' | 'approved' | 'refused',
  { id, clientName }: { readonly id: Uuid; readonly clientName: string },
): Publication {
  const enrolment = { id, client_name: clientName };
  return { event: { kind: `enrolment_${step}`, enrolment }, audience: { right: 'admin' } };
}
