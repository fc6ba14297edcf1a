import { Type, type Static } from 'typebox';
import { Name } from '../names.ts';
import { Environment, Resources } from './containers-file.ts';
import { FileVersion } from './file-version.ts';
import { Limits } from './limits.ts';

/** What one user gets different from the template. */
export const Override = Type.Object(
  {
    env: Type.Optional(Environment),
    resources: Type.Optional(
      Type.Partial(Resources, {
        additionalProperties: false,
        description: 'What differs of `resources`.',
      }),
    ),
    persist: Type.Optional(
      Type.Boolean({
        description: 'Keep every volume at stop, also those the template would not.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What this user gets different from the template.' },
);
export type Override = Static<typeof Override>;

/** `users/<uuid>.yaml`: what is particular to one user. */
export const UserFile = Type.Object(
  {
    version: FileVersion,
    containers: Type.Optional(
      Type.Object(
        {
          allow: Type.Optional(
            Type.Array(Name, {
              uniqueItems: true,
              description: 'Templates besides those in `users.yaml`.',
            }),
          ),
          deny: Type.Optional(
            Type.Array(Name, {
              uniqueItems: true,
              description: 'Templates taken away. It goes before both lists.',
            }),
          ),
          admin_editable: Type.Optional(
            Type.Boolean({
              description:
                '`false` leaves what they may start to who edits this file: commands refuse to change it.',
            }),
          ),
        },
        { additionalProperties: false, description: 'Which templates they may start.' },
      ),
    ),
    limits: Type.Optional(
      Type.Partial(Limits, {
        additionalProperties: false,
        description: 'What differs of `limits.per_user` in `main.yaml`.',
      }),
    ),
    overrides: Type.Optional(
      Type.Record(Name, Override, {
        propertyNames: Name,
        additionalProperties: false,
        description: 'What differs for this user, by template.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What is particular to one user.' },
);
export type UserFile = Static<typeof UserFile>;
