import { Type, type Static } from 'typebox';
import { SecretHash } from '../credential.ts';
import { Form } from '../form.ts';
import { Uuid } from '../names.ts';
import { FileVersion } from './file-version.ts';

/** What somebody proves themselves with besides their password. */
export const SecondFactor = Type.Object(
  {
    totp_secret: Form('^[A-Z2-7]{32}$', 'a secret of 160 bits in base32, as `berthd` writes it', {
      description: 'What their authenticator app has too.',
    }),
    last_step: Type.Integer({
      minimum: 0,
      description: 'Of the last code that was used, in steps of 30 seconds: none is taken twice.',
    }),
    recovery_codes: Type.Array(
      Type.Evaluate(SecretHash, { description: 'All that is stored of a code.' }),
      { maxItems: 10, description: 'For a lost phone; each is good once.' },
    ),
  },
  { additionalProperties: false, description: 'A second factor of one person.' },
);
export type SecondFactor = Static<typeof SecondFactor>;

const Factor = Type.Optional(SecondFactor);

/** `secrets.yaml`: what an admin gives that is never in the history. */
export const SecretsFile = Type.Object(
  {
    version: FileVersion,
    admin_second_factor: Factor,
    second_factors: Type.Optional(
      Type.Record(Uuid, SecondFactor, {
        propertyNames: Uuid,
        additionalProperties: false,
        description: 'Of users, by their UUID.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What is never in the history.' },
);
export type SecretsFile = Static<typeof SecretsFile>;
