import { Type, type Static } from 'typebox';
import { ClientName } from '../files/users-file.ts';
import { Name, Uuid } from '../names.ts';

const closed = { additionalProperties: false };
const at = Type.String({ description: 'When, by the server’s clock: ISO 8601 in UTC.' });
const user = Type.Object({ id: Uuid, username: Name }, closed);

const container = Type.Object(
  {
    id: Uuid,
    template: Name,
    name: Type.Optional(Name),
    owner: Type.Object(
      {
        id: Uuid,
        username: Type.Optional({ ...Name, description: 'Absent once the user is removed.' }),
      },
      closed,
    ),
  },
  closed,
);

/**
 * One event of `GET /events`. It says what changed; the other routes say how that is now. The list is
 * closed. Each is the JSON of one `data` field; what it is resumed by is in the `id` field.
 */
export const ServerEvent = Type.Union([
  Type.Object(
    { kind: Type.Literal('reset'), at },
    {
      ...closed,
      description: 'What happened meanwhile is not known any more: fetch everything anew.',
    },
  ),
  Type.Object(
    {
      kind: Type.Literal('ended'),
      at,
      reason: Type.Enum(['not_logged_in', 'rights_changed', 'stopping']),
    },
    { ...closed, description: 'The last event of this stream. It cannot be resumed from.' },
  ),
  Type.Object(
    { kind: Type.Literal('config_changed'), at },
    {
      ...closed,
      description: 'What the listener gets from `GET /get_config` is another.',
    },
  ),
  Type.Object(
    {
      kind: Type.Literal('config_accepted'),
      at,
      revision: Type.String({ description: 'As in `GET /healthz`.' }),
    },
    { ...closed, description: 'The files were changed, and are in force.' },
  ),
  Type.Object(
    { kind: Type.Literal('config_rejected'), at },
    {
      ...closed,
      description: 'The files were changed, and are not valid: what was in force stays.',
    },
  ),
  Type.Object(
    { kind: Type.Enum(['user_added', 'user_changed', 'user_removed']), at, user },
    closed,
  ),
  Type.Object(
    { kind: Type.Literal('users_changed'), at, count: Type.Integer() },
    {
      ...closed,
      description: 'In place of an event for each, where so many were changed at once.',
    },
  ),
  Type.Object(
    {
      kind: Type.Enum(['client_added', 'client_changed', 'client_removed']),
      at,
      user,
      client: Type.Object({ id: Uuid, name: ClientName }, closed),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Enum(['template_added', 'template_changed', 'template_removed']),
      at,
      template: Name,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Enum(['enrolment_asked', 'enrolment_approved', 'enrolment_refused']),
      at,
      enrolment: Type.Object({ id: Uuid, client_name: ClientName }, closed),
    },
    closed,
  ),
  Type.Object(
    { kind: Type.Enum(['container_started', 'container_removed']), at, container },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('container_stopped'),
      at,
      container,
      exit_code: Type.Optional(Type.Integer({ description: '128 + n for signal n.' })),
      out_of_memory: Type.Boolean({
        description: 'Whether the kernel has killed one of its processes for want of memory.',
      }),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('container_health'),
      at,
      container,
      health: Type.Enum(['starting', 'healthy', 'unhealthy']),
    },
    { ...closed, description: 'Its health check says something else than before.' },
  ),
  Type.Object(
    { kind: Type.Enum(['user_live', 'user_stale']), at, user },
    {
      ...closed,
      description:
        'A client of theirs pings again, or for the first time; or none has for a while: see `liveness` of `main.yaml`.',
    },
  ),
  Type.Object(
    { kind: Type.Literal('liveness_changed'), at, count: Type.Integer() },
    {
      ...closed,
      description: 'In place of an event for each, where it changed for so many users at once.',
    },
  ),
  Type.Object({ kind: Type.Enum(['engine_down', 'engine_up']), at }, closed),
]);
export type ServerEvent = Static<typeof ServerEvent>;
