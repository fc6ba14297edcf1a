import { Type, type Static, type TNull, type TOptional, type TSchema, type TUnion } from 'typebox';
import { Resources } from '../files/containers-file.ts';
import { Limits } from '../files/limits.ts';
import { Override } from '../files/user-file.ts';
import { ClientName, Right, Timestamp, User } from '../files/users-file.ts';
import { Name, Uuid } from '../names.ts';
import { Password } from './logins.ts';
import { PAGE_KEYS, PAGE_QUERY } from './page.ts';

const closed = { additionalProperties: false };

const Metadata = Type.Record(Name, Type.String(), { ...closed, description: 'Notes on them.' });

const summary = {
  id: Uuid,
  username: Name,
  disabled: Type.Boolean({ description: 'Whether every client and login of theirs is refused.' }),
  has_password: Type.Boolean({ description: 'Whether they can log in with a password.' }),
  change_password: Type.Boolean({ description: 'Whether their next login has to set another.' }),
  rights: Type.Array(Right),
  metadata: Metadata,
  containers: Type.Array(Name, { description: 'Templates that `users.yaml` lets them start.' }),
  templates: Type.Array(Name, { description: 'What they may start in the end.' }),
};

/** A user as they are listed. */
export const UserSummary = Type.Object(summary, closed);
export type UserSummary = Static<typeof UserSummary>;

/** A client, without the hash of its secret. */
export const ClientView = Type.Object(
  {
    id: Uuid,
    user: Type.Evaluate(Name, { description: 'Whose it is.' }),
    name: ClientName,
    created: Timestamp,
    expires: Type.Union([Timestamp, Type.Null()], { description: 'Null is never.' }),
  },
  closed,
);
export type ClientView = Static<typeof ClientView>;

/** All about a user but hashes: what the files say, and what follows from it. */
export const UserView = Type.Object(
  {
    ...summary,
    allow: Type.Array(Name, { description: 'Templates that their own file adds.' }),
    deny: Type.Array(Name, { description: 'Templates that their own file takes away.' }),
    admin_editable: Type.Boolean({
      description: 'Whether their container access can be edited here.',
    }),
    limits: Type.Evaluate(Limits, { description: 'What holds for them.' }),
    overrides: Type.Record(Name, Override, {
      ...closed,
      description: 'What they get different, by template.',
    }),
    clients: Type.Array(ClientView),
    own_file: Type.Union([Type.String(), Type.Null()], {
      description: 'Name of their own file; null where they have none.',
    }),
    revision: Type.String({ description: 'Names what the files say of them; it is the ETag too.' }),
  },
  closed,
);
export type UserView = Static<typeof UserView>;

/** Query of `GET /admin/users`. All that is given must hold. */
export const UserQuery = Type.Object(
  {
    ...PAGE_QUERY,
    name: Type.Optional(Type.String({ maxLength: 32, description: 'How their name begins.' })),
    template: Type.Optional(Type.Evaluate(Name, { description: 'What they may start.' })),
    right: Type.Optional(Right),
    disabled: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type UserQuery = Static<typeof UserQuery>;

/** Answer of `GET /admin/users`, by name. */
export const UserPage = Type.Object({ users: Type.Array(UserSummary), ...PAGE_KEYS }, closed);
export type UserPage = Static<typeof UserPage>;

const { containers, rights, metadata } = User.properties;

const NewPassword = Type.Evaluate(Password, {
  description: 'At least 8 characters. Only its hash is stored.',
});

const MustChange = Type.Boolean({
  description:
    'Whether their next login has to set another password; true where one is set and nothing is said.',
});

/** Body of `POST /admin/users`. */
export const NewUser = Type.Object(
  {
    username: Name,
    password: Type.Optional(NewPassword),
    change_password: Type.Optional(MustChange),
    containers,
    rights,
    metadata,
    disabled: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type NewUser = Static<typeof NewUser>;

/** Body of `PATCH /admin/users/{id}`: what is left out stays. */
export const UserChange = Type.Object(
  {
    username: Type.Optional(Name),
    password: Type.Optional(
      Type.Union([NewPassword, Type.Null()], { description: 'Null takes it away.' }),
    ),
    change_password: Type.Optional(MustChange),
    containers,
    rights,
    metadata: Type.Optional(
      Type.Record(Name, Type.Union([Type.String({ maxLength: 1024 }), Type.Null()]), {
        ...closed,
        description: 'Notes to set; null takes one away.',
      }),
    ),
    disabled: Type.Optional(
      Type.Boolean({ description: 'True ends their logins and containers too.' }),
    ),
  },
  closed,
);
export type UserChange = Static<typeof UserChange>;

/** What became in the engine of somebody who may do nothing any more. */
export const Ended = Type.Object(
  {
    containers: Type.Enum(['ended', 'pending'], {
      description: '`pending`: the engine does not do it now. They end once it does.',
    }),
    volumes: Type.Enum(['kept', 'removed', 'left'], {
      description: '`left`: they were to be removed, and not all are. Nothing tries again.',
    }),
  },
  closed,
);
export type Ended = Static<typeof Ended>;

/** Answer of `PATCH /admin/users/{id}`. */
export const ChangedUser = Type.Object(
  { ...UserView.properties, ended: Type.Optional(Ended) },
  closed,
);
export type ChangedUser = Static<typeof ChangedUser>;

/** Query of `DELETE /admin/users/{id}`. */
export const UserRemoval = Type.Object(
  {
    volumes: Type.Enum(['keep', 'remove'], {
      description:
        'What becomes of their volumes: `keep` leaves all, `remove` destroys all, for good.',
    }),
  },
  closed,
);
export type UserRemoval = Static<typeof UserRemoval>;

/** Answer of `DELETE /admin/users/{id}`. */
export const RemovedUser = Type.Object({ id: Uuid, username: Name, ended: Ended }, closed);
export type RemovedUser = Static<typeof RemovedUser>;

/** Body of `PATCH /admin/users/{id}/access`: lists to put in the place of theirs; others stay. */
export const AccessLists = Type.Object(
  {
    containers,
    allow: Type.Optional(
      Type.Array(Name, { uniqueItems: true, description: 'In their own file: what it adds.' }),
    ),
    deny: Type.Optional(
      Type.Array(Name, {
        uniqueItems: true,
        description: 'In their own file: what it takes away.',
      }),
    ),
  },
  closed,
);
export type AccessLists = Static<typeof AccessLists>;

/** Body of `POST /admin/users/{id}/access/give`, `…/take` and `…/deny`. */
export const TemplateNames = Type.Object(
  { templates: Type.Array(Name, { minItems: 1, uniqueItems: true }) },
  closed,
);

/** Each key may be another, or be taken away. */
const orNull = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(
    Object.fromEntries(
      Object.entries(properties).map(([key, schema]) => [
        key,
        Type.Optional(Type.Union([schema, Type.Null()])),
      ]),
    ) as { [K in keyof T]: TOptional<TUnion<[T[K], TNull]>> },
    closed,
  );

/** Body of `PATCH /admin/users/{id}/own`: what is left out stays, and null takes a key away. */
export const OwnChange = Type.Object(
  {
    limits: Type.Optional(
      Type.Union([orNull(Limits.properties), Type.Null()], {
        description: 'What differs of `limits.per_user` in `main.yaml`.',
      }),
    ),
    overrides: Type.Optional(
      Type.Union(
        [
          Type.Record(
            Name,
            Type.Union([
              Type.Object(
                {
                  env: Type.Optional(
                    Type.Union([
                      Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
                      Type.Null(),
                    ]),
                  ),
                  resources: Type.Optional(Type.Union([orNull(Resources.properties), Type.Null()])),
                  persist: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
                },
                closed,
              ),
              Type.Null(),
            ]),
            closed,
          ),
          Type.Null(),
        ],
        { description: 'What they get different, by template.' },
      ),
    ),
  },
  closed,
);
export type OwnChange = Static<typeof OwnChange>;
