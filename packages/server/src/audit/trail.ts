import { BY_HAND, createQueue, type Config, type HistoryRecord } from '@berth/config';
import type { Acting, Audit } from '../acting.ts';
import { appendAudit, auditFolder } from './audit-files.ts';

export interface AuditTrail {
  readonly audit: Audit;
  /** Tells where it is to be written. What came before waits until then. */
  readonly begin: (config: () => Config) => void;
  /** For the store: each change of the configuration is an entry, whoever has made it. */
  readonly recorded: (record: HistoryRecord) => void;
  /** Resolves when all entries are on the disk. */
  settled(): Promise<void>;
}

const SERVER: Acting = { by: { kind: 'server', name: 'berthd' } };

/** What a stranger has typed, and what anybody calls things, is cut. */
const MOST_TEXT = 256;

/**
 * The trail of who did what.
 *
 * @param options.acting who acts at this moment; undefined is the program itself
 * @param options.onFault is told of what could not be written: a full disk stops nobody's work
 */
export function createAuditTrail(options: {
  readonly now: () => Date;
  readonly acting: () => Acting | undefined;
  readonly onFault: (error: unknown) => void;
}): AuditTrail {
  const { now, acting, onFault } = options;
  const { promise: begun, resolve: begin } = Promise.withResolvers<() => Config>();
  const inTurn = createQueue();

  const audit: Audit = ({ action, ...deed }) => {
    const who = deed.by === undefined ? (acting() ?? SERVER) : {};
    const entry = { time: now().toISOString(), action, outcome: 'done', ...who, ...deed };
    return inTurn(async () => {
      const config = await begun;
      const { stateDirectory, audit: limits } = config().settings;
      await appendAudit(auditFolder(stateDirectory), lineOf(entry), limits.maxBytes);
    }).catch(onFault);
  };

  return {
    audit,
    begin,
    recorded: ({ number, by, what, revision }) => {
      const deed = { action: 'change_configuration', what, history: number, revision };
      void audit({ ...deed, ...makerOfRecord(by, acting()) });
    },
    settled: () => inTurn(() => Promise.resolve()),
  };
}

/** Who made a change, where that is not who acts at this moment: their work may be what brings it to light. */
function makerOfRecord(by: string, now: Acting | undefined): Acting | undefined {
  if (by === BY_HAND) return { by: { kind: 'hand' } };
  if (by === 'berthd') return { by: { kind: 'server', name: by } };
  return now?.by.kind === 'stranger' ? { ...now, by: { kind: 'stranger', name: by } } : undefined;
}

/** A YAML document in one line, which is JSON too, and has nothing that a terminal would obey. */
function lineOf(entry: object): string {
  const json = JSON.stringify(entry, (_key, value: unknown) =>
    typeof value === 'string' && value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value,
  );
  return `--- ${json.replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escaped)}`;
}

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
