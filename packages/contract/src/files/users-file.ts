import { Type, type Static } from 'typebox';
import { SecretHash } from '../credential.ts';
import { Name, Uuid } from '../names.ts';

/** A moment in UTC: `2026-11-23T10:00:00Z`. */
export const Timestamp = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
  description: 'A moment in UTC: 2026-11-23T10:00:00Z.',
});

/** What a client may be called: it is shown to people, so no control characters. */
export const ClientName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$',
  description: 'Letters, digits, spaces and . _ @ -; at most 64.',
});

/** One enrolled device of a user. */
export const Client = Type.Object(
  {
    name: ClientName,
    token_hash: SecretHash,
    created: Timestamp,
    expires: Type.Optional(Type.Union([Timestamp, Type.Null()])),
  },
  { additionalProperties: false },
);
export type Client = Static<typeof Client>;

export const User = Type.Object(
  {
    username: Name,
    password_hash: Type.Optional(Type.String({ pattern: '^\\$(pbkdf2-sha256|2b)\\$' })),
    disabled: Type.Optional(
      Type.Boolean({ description: 'Refuses every client of theirs; nothing else is lost.' }),
    ),
    clients: Type.Optional(Type.Record(Uuid, Client, { additionalProperties: false })),
    containers: Type.Optional(
      Type.Array(Name, { description: 'Templates they may start. Empty means none.' }),
    ),
    rights: Type.Optional(Type.Array(Type.Enum(['admin', 'monitor']))),
    metadata: Type.Optional(
      Type.Record(Name, Type.String({ maxLength: 1024 }), { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
export type User = Static<typeof User>;

/** `users.yaml`: the people, by UUID. */
export const UsersFile = Type.Object(
  { version: Type.Literal(1), users: Type.Record(Uuid, User, { additionalProperties: false }) },
  { additionalProperties: false },
);
export type UsersFile = Static<typeof UsersFile>;
