import { Type, type Static } from 'typebox';
import { Timestamp } from '../files/users-file.ts';
import { Name, Uuid } from '../names.ts';
import { ProblemBody } from '../problem.ts';

const closed = { additionalProperties: false };

/** Which container something was done to, and whose it is. */
const subject = {
  id: Uuid,
  title: Type.String({ description: 'The template, or template.name.' }),
  owner: Type.Object(
    {
      id: Uuid,
      username: Type.Optional({ ...Name, description: 'Absent once the user is removed.' }),
    },
    closed,
  ),
};

/** Answer of `POST /admin/containers/{id}/restart`. */
export const RestartedContainer = Type.Object(subject, closed);
export type RestartedContainer = Static<typeof RestartedContainer>;

/** Answer of `POST /admin/containers/{id}/stop`: what is gone and what stays. */
export const StoppedContainer = Type.Object(
  {
    ...subject,
    removed_volumes: Type.Array(Name),
    kept_volumes: Type.Array(Name),
    removed_network: Type.Boolean(),
  },
  closed,
);
export type StoppedContainer = Static<typeof StoppedContainer>;

/** Query of `GET /admin/containers/{id}/logs`. */
export const ContainerLogQuery = Type.Object(
  {
    tail: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100_000,
        description: 'So many of the last lines; 1000 if it is not said.',
      }),
    ),
    since: Type.Optional(Timestamp),
    follow: Type.Optional(
      Type.Boolean({ description: 'Go on with what is printed, until the container ends.' }),
    ),
  },
  closed,
);
export type ContainerLogQuery = Static<typeof ContainerLogQuery>;

/**
 * One line of the NDJSON answer of `GET /admin/containers/{id}/logs`. The last is `end` or `failed` and
 * decides; a stream that ends without either has failed.
 */
export const ContainerLogEvent = Type.Union([
  Type.Object(
    {
      event: Type.Literal('printed'),
      stream: Type.Enum(['stdout', 'stderr']),
      time: Type.String({ description: 'By the engine’s clock.' }),
      text: Type.String({
        description:
          'A line with its end, or a piece of a long one. It may hold control characters.',
      }),
    },
    closed,
  ),
  Type.Object({ event: Type.Literal('end') }, closed),
  Type.Object({ event: Type.Literal('failed'), problem: ProblemBody }, closed),
]);
export type ContainerLogEvent = Static<typeof ContainerLogEvent>;
