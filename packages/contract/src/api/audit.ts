import { Type, type Static } from 'typebox';
import { Timestamp } from '../files/users-file.ts';
import { Form } from '../form.ts';

/** What somebody did, in a word: `change_configuration`, `log_in`. */
const Action = Form('^[a-z][a-z_]{0,63}$', 'an action, such as log_in', {
  description: 'An action, such as `log_in`.',
});

const Outcome = Type.Enum(['done', 'refused', 'failed']);

/** One entry of the audit trail: who did what, when, and from where. Never has a secret in it. */
export const AuditEntry = Type.Object(
  {
    time: Timestamp,
    action: Action,
    by: Type.Object(
      {
        kind: Type.Enum(['admin', 'user', 'client', 'command', 'hand', 'server', 'stranger'], {
          description:
            '`admin` is the built-in one; `command` is `berthd`; `hand` an editor; `stranger` has not proved who they are.',
        }),
        name: Type.Optional(
          Type.String({
            description:
              'Of the admin or the user; of the system’s user; or what a stranger typed.',
          }),
        ),
        id: Type.Optional(Type.String({ description: 'Of the login or of the client.' })),
      },
      { additionalProperties: false },
    ),
    from: Type.Optional(Type.String({ description: 'The address of who asked over HTTP.' })),
    subject: Type.Optional(Type.String({ description: 'Whom or what it was done to.' })),
    what: Type.Optional(Type.String({ description: 'The same in words, as the history has it.' })),
    outcome: Outcome,
    history: Type.Optional(
      Type.Integer({ description: 'Number of the change: `berthd history show NUMBER`.' }),
    ),
    revision: Type.Optional(Type.String({ description: 'Of the configuration after it.' })),
  },
  { additionalProperties: false },
);
export type AuditEntry = Static<typeof AuditEntry>;

/** Query of `GET /admin/audit`. All that is given must hold. */
export const AuditQuery = Type.Object(
  {
    by: Type.Optional(Type.String({ maxLength: 64, description: 'Name of who did it.' })),
    action: Type.Optional(Action),
    outcome: Type.Optional(Outcome),
    since: Type.Optional(Timestamp),
    until: Type.Optional(Timestamp),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'How many; 100 if it is not said.' }),
    ),
    before: Type.Optional(
      Form('^[0-9]{8}:[0-9]{1,12}$', '`next` of the page before', {
        description: '`next` of the page before.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type AuditQuery = Static<typeof AuditQuery>;

/** Answer of `GET /admin/audit`. */
export const AuditPage = Type.Object(
  {
    entries: Type.Array(AuditEntry, { description: 'The newest first.' }),
    next: Type.Union([Type.String(), Type.Null()], {
      description: 'What to give as `before` for older ones; null where there are none.',
    }),
  },
  { additionalProperties: false },
);
export type AuditPage = Static<typeof AuditPage>;
