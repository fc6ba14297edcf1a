import { Type, type Static } from 'typebox';
import { Resources } from '../files/containers-file.ts';
import { Limits } from '../files/limits.ts';
import { Name, Uuid } from '../names.ts';

/** A template as one user gets it: their overrides are already in it. */
export const TemplateView = Type.Object(
  {
    description: Type.String(),
    image: Type.String(),
    resources: Resources,
    volumes: Type.Array(
      Type.Object(
        { name: Name, target: Type.String(), persistent: Type.Boolean() },
        { additionalProperties: false },
      ),
    ),
    ports: Type.Array(
      Type.Object(
        {
          container: Type.Integer(),
          protocol: Type.Enum(['tcp', 'udp']),
          label: Type.Optional(Name),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type TemplateView = Static<typeof TemplateView>;

/** Answer of `GET /get_config`: who the caller is and what they may start. */
export const ConfigView = Type.Object(
  {
    revision: Type.String({ description: 'Names the configuration; changes when it changes.' }),
    user: Type.Object({ id: Uuid, username: Name }, { additionalProperties: false }),
    limits: Limits,
    templates: Type.Record(Name, TemplateView, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type ConfigView = Static<typeof ConfigView>;

/** Answer of `POST /ping`. */
export const Pong = Type.Object(
  {
    time: Type.String({ description: 'The server’s clock, ISO 8601 in UTC.' }),
    revision: Type.String({
      description: 'As in `GET /get_config`: fetch it again when it differs.',
    }),
  },
  { additionalProperties: false },
);
export type Pong = Static<typeof Pong>;

/** Answer of `GET /healthz`. */
export const Health = Type.Object(
  {
    status: Type.Enum(['ok', 'degraded']),
    version: Type.String(),
    config: Type.Object(
      {
        revision: Type.String(),
        rejected: Type.Boolean({
          description: 'The files on disk are invalid; the server goes on with the revision above.',
        }),
      },
      { additionalProperties: false },
    ),
    log: Type.Object(
      {
        faulty: Type.Boolean({
          description: 'It cannot be written to its folder; standard error has it still.',
        }),
      },
      { additionalProperties: false },
    ),
    certificate: Type.Union([
      Type.Null(),
      Type.Object(
        {
          expires: Type.String({ description: 'When the one that is served does.' }),
          faulty: Type.Boolean({
            description:
              'It is not valid now, or its files are invalid and the server goes on with an older one.',
          }),
        },
        { additionalProperties: false, description: 'Null where plain HTTP is served.' },
      ),
    ]),
  },
  { additionalProperties: false },
);
export type Health = Static<typeof Health>;
