import { Type, type Static } from 'typebox';
import { Right, Timestamp } from '../files/users-file.ts';
import { Form } from '../form.ts';
import { Name, Uuid } from '../names.ts';

/** Longer ones are refused before any work is done on them. */
export const Password = Type.String({ maxLength: 1024 });

const Code = Form(
  '^([0-9]{6}|([0-9A-Za-z]{4}-?){2}[0-9A-Za-z]{4})$',
  'the six digits of an authenticator app, or a recovery code',
  { description: 'Of the authenticator app, where a second factor is on; or a recovery code.' },
);

/** Body of `POST /login`. */
export const LoginRequest = Type.Object(
  {
    username: Type.String({ maxLength: 64, description: 'Of the built-in admin, or of a user.' }),
    password: Password,
    code: Type.Optional(Code),
  },
  { additionalProperties: false },
);
export type LoginRequest = Static<typeof LoginRequest>;

/** Body of `POST /login/password`. */
export const PasswordChange = Type.Object(
  {
    password: Type.Evaluate(Password, { description: 'The one that is right now.' }),
    new_password: Password,
  },
  { additionalProperties: false },
);
export type PasswordChange = Static<typeof PasswordChange>;

/** Answer of `POST /login`, `GET /login` and `POST /login/password`: who is logged in. */
export const LoginView = Type.Object(
  {
    id: Uuid,
    username: Name,
    kind: Type.Enum(['admin', 'user'], {
      description: '`admin` is the built-in one; a user may have the right `admin`.',
    }),
    rights: Type.Array(Right),
    csrf_token: Type.String({
      description: 'To be sent as X-CSRF-Token with every request that changes something.',
    }),
    change_password: Type.Boolean({
      description: 'Until another password is set, this login can do nothing else.',
    }),
    created: Timestamp,
    expires: Type.Evaluate(Timestamp, { description: 'When it ends at the latest.' }),
    idle_expires: Type.Evaluate(Timestamp, { description: 'When it ends if it is not used.' }),
  },
  { additionalProperties: false },
);
export type LoginView = Static<typeof LoginView>;

/** A login as it is listed, for who owns it and for admins. */
export const LoginEntry = Type.Object(
  {
    id: Uuid,
    username: Name,
    current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
    device: Type.String({ description: 'What the browser says that it is.' }),
    address: Type.String({ description: 'Where it logged in from.' }),
    created: Timestamp,
    used: Type.Evaluate(Timestamp, { description: 'When it was last used.' }),
    expires: Timestamp,
  },
  { additionalProperties: false },
);
export type LoginEntry = Static<typeof LoginEntry>;

/** Answer of `GET /logins` and `GET /admin/logins`, the last used first. */
export const LoginList = Type.Object(
  { logins: Type.Array(LoginEntry) },
  { additionalProperties: false },
);
export type LoginList = Static<typeof LoginList>;

/** Answer of `GET /login/second-factor`. */
export const SecondFactorView = Type.Object(
  {
    on: Type.Boolean({ description: 'Whether a login needs a code too.' }),
    recovery_codes: Type.Integer({ description: 'How many are left.' }),
  },
  { additionalProperties: false },
);
export type SecondFactorView = Static<typeof SecondFactorView>;

/** Body of `POST /login/second-factor` and `POST /login/second-factor/off`. */
export const PasswordProof = Type.Object({ password: Password }, { additionalProperties: false });

/** Answer of `POST /login/second-factor`: for an authenticator app; not in force yet. */
export const SecondFactorSecret = Type.Object(
  {
    secret: Type.String({ description: 'In base32, to be typed.' }),
    uri: Type.String({ description: 'otpauth://…, to be shown as a QR code.' }),
  },
  { additionalProperties: false },
);

/** Body of `POST /login/second-factor/confirm`. */
export const SecondFactorCode = Type.Object({ code: Code }, { additionalProperties: false });

/** Its answer. */
export const RecoveryCodes = Type.Object(
  {
    recovery_codes: Type.Array(Type.String(), {
      description: 'For a lost phone, each good once. They are shown only now.',
    }),
  },
  { additionalProperties: false },
);
