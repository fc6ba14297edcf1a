import { Type, type Static } from 'typebox';
import { ClientName, Timestamp } from '../files/users-file.ts';
import { ClientView } from './users.ts';

const closed = { additionalProperties: false };

const Expires = Type.Optional(
  Type.Union([Timestamp, Type.Null()], {
    description: 'From then on it is refused; null is never.',
  }),
);

/** Body of `POST /admin/users/{id}/clients`: for a program; a machine with `berth` asks by itself. */
export const NewClient = Type.Object({ name: ClientName, expires: Expires }, closed);
export type NewClient = Static<typeof NewClient>;

/** Body of `PATCH /admin/users/{id}/clients/{client}`: what is left out stays. */
export const ClientChange = Type.Object(
  { name: Type.Optional(ClientName), expires: Expires },
  closed,
);
export type ClientChange = Static<typeof ClientChange>;

/** A client with its secret, which is shown this once: only its hash is stored. */
export const ShownClient = Type.Object(
  {
    ...ClientView.properties,
    secret: Type.String(),
    authorization: Type.String({ description: 'The header that a program sends.' }),
  },
  closed,
);
export type ShownClient = Static<typeof ShownClient>;
