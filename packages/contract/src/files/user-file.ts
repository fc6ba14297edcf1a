import { Type, type Static } from 'typebox';
import { Name } from '../names.ts';
import { Environment, Resources } from './containers-file.ts';
import { Limits } from './limits.ts';

/** What one user gets different from the template. */
export const Override = Type.Object(
  {
    env: Type.Optional(Environment),
    resources: Type.Optional(Type.Partial(Resources, { additionalProperties: false })),
    persist: Type.Optional(
      Type.Boolean({
        description: 'Keep every volume at stop, also those the template would not.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Override = Static<typeof Override>;

/** `users/<uuid>.yaml`: what is particular to one user. */
export const UserFile = Type.Object(
  {
    version: Type.Literal(1),
    containers: Type.Optional(
      Type.Object(
        {
          allow: Type.Optional(Type.Array(Name)),
          deny: Type.Optional(Type.Array(Name)),
          admin_editable: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    limits: Type.Optional(Type.Partial(Limits, { additionalProperties: false })),
    overrides: Type.Optional(Type.Record(Name, Override, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type UserFile = Static<typeof UserFile>;
