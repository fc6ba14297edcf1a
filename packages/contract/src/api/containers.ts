import { Type, type Static } from 'typebox';
import { Resources } from '../files/containers-file.ts';
import { Name, Uuid } from '../names.ts';
import { ProblemBody } from '../problem.ts';

export const ContainerState = Type.Enum(
  ['created', 'running', 'paused', 'restarting', 'exited', 'dead', 'removing'],
  { description: 'As the engine says it.' },
);
export type ContainerState = Static<typeof ContainerState>;

/** A container as its owner sees it. */
export const ContainerView = Type.Object(
  {
    id: Uuid,
    template: Name,
    name: Type.Optional(Name),
    owner: Type.Object({ id: Uuid, username: Name }, { additionalProperties: false }),
    image: Type.String(),
    state: ContainerState,
    exit_code: Type.Optional(
      Type.Integer({ description: 'How it ended, while it is exited; 128 + n for signal n.' }),
    ),
    created: Type.String({ description: 'When it was made, ISO 8601 in UTC.' }),
    resources: Resources,
    network: Type.Union([Type.String(), Type.Null()], {
      description: 'The engine’s name of its network; null where it has none.',
    }),
    ports: Type.Array(
      Type.Object(
        {
          container: Type.Integer(),
          protocol: Type.Enum(['tcp', 'udp']),
          host_address: Type.String(),
          host_port: Type.Integer(),
          label: Type.Optional(Name),
        },
        { additionalProperties: false },
      ),
    ),
    volumes: Type.Array(
      Type.Object(
        {
          name: Name,
          target: Type.String(),
          persistent: Type.Boolean({ description: 'Whether it will outlive `berth stop`.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ContainerView = Static<typeof ContainerView>;

/** Answer of `GET /containers`: all of the caller’s, oldest first. */
export const ContainerList = Type.Object(
  { containers: Type.Array(ContainerView) },
  { additionalProperties: false },
);
export type ContainerList = Static<typeof ContainerList>;

/** Body of `POST /containers`. Nothing else is taken from the caller. */
export const StartRequest = Type.Object(
  {
    template: Name,
    name: Type.Optional(Name),
  },
  { additionalProperties: false },
);
export type StartRequest = Static<typeof StartRequest>;

/** One image layer on its way. Bytes; `total` is absent until the registry has said it. */
export const LayerProgress = Type.Object(
  {
    layer: Type.String(),
    status: Type.Enum(['waiting', 'downloading', 'extracting', 'done']),
    current: Type.Optional(Type.Integer()),
    total: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
export type LayerProgress = Static<typeof LayerProgress>;

/**
 * One line of the NDJSON answer of `POST /containers`. The last line is `done` or `failed` and
 * decides; a stream that ends without either has failed.
 */
export const StartEvent = Type.Union([
  Type.Object(
    { event: Type.Literal('pulling'), image: Type.String() },
    { additionalProperties: false },
  ),
  Type.Object(
    { event: Type.Literal('layer'), ...LayerProgress.properties },
    { additionalProperties: false },
  ),
  Type.Object({ event: Type.Literal('creating') }, { additionalProperties: false }),
  Type.Object({ event: Type.Literal('starting') }, { additionalProperties: false }),
  Type.Object(
    {
      event: Type.Literal('done'),
      outcome: Type.Enum(['started', 'resumed', 'already_running']),
      container: ContainerView,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { event: Type.Literal('failed'), problem: ProblemBody },
    { additionalProperties: false },
  ),
]);
export type StartEvent = Static<typeof StartEvent>;

/** Answer of `POST /containers/{ref}/stop`: what is gone and what stays. */
export const StopResult = Type.Object(
  {
    container: ContainerView,
    removed_volumes: Type.Array(Name),
    kept_volumes: Type.Array(Name),
    removed_network: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type StopResult = Static<typeof StopResult>;
