import type { Config, HistoryRecord } from '@berth/config';
import { createAuditTrail, type AuditTrail } from '../audit/trail.ts';
import { caller } from './author.ts';
import type { Deed } from '../acting.ts';
import type { Output } from './options.ts';

/** The audit trail, as who runs the command. What a command cannot write into it, it tells. */
export function commandTrail(output: Pick<Output, 'warn'>): AuditTrail {
  return createAuditTrail({
    now: () => new Date(),
    acting: () => ({ by: { kind: 'command', name: caller() } }),
    onFault: (error) => {
      const why = error instanceof Error ? error.message : String(error);
      output.warn(`It is done, but not in the audit trail: ${why}`);
    },
  });
}

/** Writes one thing down that a command has done besides the configuration. */
export async function auditDeed(
  config: Config,
  deed: Deed,
  output: Pick<Output, 'warn'>,
): Promise<void> {
  const trail = commandTrail(output);
  trail.begin(() => config);
  await trail.audit(deed);
}

/** The same for a change of the configuration that was not made through the store. */
export async function auditRecord(
  config: Config,
  record: HistoryRecord,
  output: Pick<Output, 'warn'>,
): Promise<void> {
  const trail = commandTrail(output);
  trail.begin(() => config);
  trail.recorded(record);
  await trail.settled();
}
