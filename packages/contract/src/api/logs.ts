import { Type, type Static } from 'typebox';
import { Timestamp } from '../files/users-file.ts';

const closed = { additionalProperties: false };
const Severity = Type.Enum(['debug', 'info', 'warn', 'error', 'critical']);

/** Query of `GET /admin/logs`. All that is given must hold. */
export const ServerLogQuery = Type.Object(
  {
    level: Type.Optional(Severity),
    since: Type.Optional(Timestamp),
    until: Type.Optional(Timestamp),
    event: Type.Optional(Type.String({ pattern: '^[a-z][a-z_]{0,63}$' })),
    request_id: Type.Optional(Type.String({ pattern: '^[0-9a-f-]{36}$' })),
    contains: Type.Optional(
      Type.String({
        maxLength: 256,
        description: 'Anywhere in the entry, in upper or lower case.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'How many, the latest; 100 if it is not said.',
      }),
    ),
  },
  closed,
);
export type ServerLogQuery = Static<typeof ServerLogQuery>;

/** Answer of `GET /admin/logs`. */
export const ServerLogPage = Type.Object(
  {
    entries: Type.Array(
      Type.Object(
        {
          time: Timestamp,
          severity: Severity,
          event: Type.String(),
          fields: Type.Record(Type.String(), Type.Unknown(), {
            description: 'All of the entry, also what stands before.',
          }),
        },
        closed,
      ),
      { description: 'The oldest first.' },
    ),
    damaged: Type.Integer({ description: 'Pieces that are no entry: torn by a power cut.' }),
  },
  closed,
);
export type ServerLogPage = Static<typeof ServerLogPage>;
