import { Type, type Static } from 'typebox';
import { SecretHash } from '../credential.ts';
import { ClientName, Timestamp } from '../files/users-file.ts';
import { Form } from '../form.ts';
import { Name, Uuid } from '../names.ts';

/** An invite: 20 characters of Crockford’s base 32, 100 bits. */
export const InviteCode = Form(
  '^[0-9A-HJKMNP-TV-Z]{20}$',
  'the 20 characters of an invite, capital letters and digits',
);

/**
 * Body of `POST /enroll`. The client keeps its secret: only the hash leaves it, so not even the
 * server sees the secret before it is used.
 */
export const EnrolmentRequest = Type.Object(
  {
    client_id: Uuid,
    token_hash: SecretHash,
    name: ClientName,
    invite: Type.Optional(InviteCode),
  },
  { additionalProperties: false },
);
export type EnrolmentRequest = Static<typeof EnrolmentRequest>;

/** The code of a request as people see it, in two halves; they may type it without the hyphen. */
export function formatCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

export const EnrolmentState = Type.Enum(['pending', 'approved', 'refused', 'expired']);
export type EnrolmentState = Static<typeof EnrolmentState>;

/** Answer of `POST /enroll` and `GET /enroll/{id}`. */
export const EnrolmentView = Type.Object(
  {
    id: Uuid,
    state: EnrolmentState,
    code: Type.Optional(
      Type.String({ description: 'What the user reads to the admin; while pending.' }),
    ),
    expires: Type.Optional(Timestamp),
    username: Type.Optional(Name),
  },
  { additionalProperties: false },
);
export type EnrolmentView = Static<typeof EnrolmentView>;
