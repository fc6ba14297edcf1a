import { Type, type Static } from 'typebox';
import { SecretHash } from '../credential.ts';
import { Form } from '../form.ts';
import { Name, Uuid } from '../names.ts';
import { FileVersion } from './file-version.ts';
import { ChangePassword, PasswordHash } from './password-hash.ts';

/** A day of the calendar: `Date.parse` takes 30 February for a day in March. */
const DAY =
  '(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))' +
  '|(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';

/** A moment in UTC: `2026-11-23T10:00:00Z`. */
export const Timestamp = Form(
  `^${DAY}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$`,
  'a moment in UTC that the calendar has, such as 2026-11-23T10:00:00Z',
);

/** What a client may be called: it is shown to people, so no control characters. */
export const ClientName = Form(
  '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,63}$',
  'letters, digits, spaces and . _ @ -, starting with a letter or digit; at most 64',
);

/** One enrolled device of a user. */
export const Client = Type.Object(
  {
    name: Type.Evaluate(ClientName, { description: 'What the user calls it.' }),
    token_hash: Type.Evaluate(SecretHash, {
      description: 'All that is stored of the client’s secret.',
    }),
    created: Type.Evaluate(Timestamp, { description: 'When it was let in.' }),
    expires: Type.Optional(
      Type.Union([Timestamp, Type.Null()], {
        description: 'From then on it is refused; `null` is never.',
      }),
    ),
  },
  { additionalProperties: false, description: 'One enrolled device of the user.' },
);
export type Client = Static<typeof Client>;

/** What somebody may do besides what every user may. */
export const Right = Type.Enum(['admin', 'monitor']);
export type Right = Static<typeof Right>;

export const User = Type.Object(
  {
    username: Type.Evaluate(Name, {
      description: 'Unique. It is part of the names in the engine.',
    }),
    password_hash: Type.Optional(
      Type.Evaluate(PasswordHash, {
        description: 'PBKDF2-SHA256 or bcrypt. Without one they cannot log in with a password.',
      }),
    ),
    change_password: Type.Optional(ChangePassword),
    disabled: Type.Optional(
      Type.Boolean({
        description:
          'Refuses every client and login of theirs, and ends their containers, as a stop does.',
      }),
    ),
    clients: Type.Optional(
      Type.Record(Uuid, Client, {
        propertyNames: Uuid,
        additionalProperties: false,
        description: 'Enrolled devices, by UUID. Removing one revokes it.',
      }),
    ),
    containers: Type.Optional(
      Type.Array(Name, {
        uniqueItems: true,
        description: 'Templates they may start. Empty means none.',
      }),
    ),
    rights: Type.Optional(
      Type.Array(Right, {
        uniqueItems: true,
        description: '`monitor` sees how everything is; `admin` may also change it, in a login.',
      }),
    ),
    metadata: Type.Optional(
      Type.Record(Name, Type.String({ maxLength: 1024, description: 'A note.' }), {
        propertyNames: Name,
        additionalProperties: false,
        description: 'Notes of your own: a text for each name.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A person.' },
);
export type User = Static<typeof User>;

/** `users.yaml`: the people, by UUID. */
export const UsersFile = Type.Object(
  {
    version: FileVersion,
    users: Type.Record(Uuid, User, {
      propertyNames: Uuid,
      additionalProperties: false,
      description: 'Users, by a UUID of their own.',
    }),
  },
  { additionalProperties: false, description: 'The people, and what they may start.' },
);
export type UsersFile = Static<typeof UsersFile>;
