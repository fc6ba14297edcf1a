import { Type, type Static } from 'typebox';
import { ClientName, Timestamp } from '../files/users-file.ts';
import { Name, Uuid } from '../names.ts';
import { InviteCode } from './enrolment.ts';

const closed = { additionalProperties: false };

/** Answer of `GET /admin/enrolments`: the clients that wait to be let in. */
export const Enrolments = Type.Object(
  {
    enrolments: Type.Array(
      Type.Object(
        {
          id: Uuid,
          name: ClientName,
          code: Type.String({ description: 'What `berth login` shows; compare it.' }),
          expires: Timestamp,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type Enrolments = Static<typeof Enrolments>;

/** Whose a client will be. Body of `POST /admin/enrolments/{id}/approve` and `POST /admin/invites`. */
export const Admission = Type.Object(
  {
    username: Name,
    new_user: Type.Optional(
      Type.Object(
        { containers: Type.Array(Name, { uniqueItems: true }) },
        { ...closed, description: 'Makes the user, who may start these templates.' },
      ),
    ),
  },
  closed,
);
export type Admission = Static<typeof Admission>;

/** Answer of `POST /admin/enrolments/{id}/approve`. */
export const Admitted = Type.Object({ id: Uuid, name: ClientName, username: Name }, closed);
export type Admitted = Static<typeof Admitted>;

/** Answer of `POST /admin/enrolments/{id}/refuse`. */
export const TurnedAway = Type.Object({ id: Uuid, name: ClientName }, closed);
export type TurnedAway = Static<typeof TurnedAway>;

/** Answer of `POST /admin/invites`: good once, until then. The code is shown only now. */
export const NewInvite = Type.Object({ code: InviteCode, expires: Timestamp }, closed);
export type NewInvite = Static<typeof NewInvite>;
