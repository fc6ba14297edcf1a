import { Type, type Static } from 'typebox';
import { ClientName, Timestamp } from '../files/users-file.ts';
import { Name, Uuid } from '../names.ts';
import { ContainerState } from './containers.ts';
import { PAGE_KEYS, PAGE_QUERY } from './page.ts';

const closed = { additionalProperties: false };
const when = (description: string) =>
  Type.Union([Type.String(), Type.Null()], { description: `${description} ISO 8601 in UTC.` });
const bytes = (description: string) => Type.Integer({ minimum: 0, description });

export const Liveness = Type.Enum(['never', 'live', 'stale'], {
  description:
    '`never` has not said anything yet; `live` has of late; `stale` has been silent for longer than `liveness.stale_after_seconds` of `main.yaml`.',
});
export type Liveness = Static<typeof Liveness>;

const seen = {
  liveness: Liveness,
  last_seen: when('Null where it has never been.'),
  age_seconds: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'How long ago that was; it does not depend on anybody’s clock being set.',
  }),
};

/** When a user was last heard of, through any of their clients. */
export const UserStatus = Type.Object(
  {
    id: Uuid,
    username: Name,
    disabled: Type.Boolean(),
    ...seen,
    clients: Type.Array(Type.Object({ id: Uuid, name: ClientName, ...seen }, closed)),
    templates: Type.Array(Name, { description: 'What they may start.' }),
  },
  closed,
);
export type UserStatus = Static<typeof UserStatus>;

/** Query of `GET /monitor/users`. All that is given must hold. */
export const UserStatusQuery = Type.Object(
  {
    username: Type.Optional(
      Type.String({ maxLength: 32, description: 'What the name begins with.' }),
    ),
    liveness: Type.Optional(Liveness),
    ...PAGE_QUERY,
  },
  closed,
);
export type UserStatusQuery = Static<typeof UserStatusQuery>;

/** Answer of `GET /monitor/users`: by name. */
export const UserStatusPage = Type.Object({ users: Type.Array(UserStatus), ...PAGE_KEYS }, closed);
export type UserStatusPage = Static<typeof UserStatusPage>;

const Usage = Type.Object(
  {
    cpu_percent: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description:
        'Of one core, over the last seconds: 200 is two cores. Null until it was looked at twice.',
    }),
    memory_bytes: bytes('In use, without what the kernel would give up first.'),
    memory_limit_bytes: bytes('How much it may take.'),
    pids: Type.Integer({ description: 'Processes and threads.' }),
  },
  closed,
);

const Health = Type.Enum(['starting', 'healthy', 'unhealthy']);

/** A container, as who watches over all of them sees it. */
export const MonitoredContainer = Type.Object(
  {
    id: Uuid,
    title: Type.String({ description: 'The template, or template.name.' }),
    template: Name,
    name: Type.Optional(Name),
    image: Type.String(),
    owner: Type.Object(
      {
        id: Uuid,
        username: Type.Optional({ ...Name, description: 'Absent once the user is removed.' }),
      },
      closed,
    ),
    state: ContainerState,
    exit_code: Type.Optional(Type.Integer({ description: '128 + n for signal n.' })),
    health: Type.Union([Health, Type.Null()], { description: 'Null without a health check.' }),
    created: when('Null where it is not known.'),
    started: when('Null while it does not run, or where it is not known.'),
    uptime_seconds: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    usage: Type.Union([Usage, Type.Null()], {
      description: 'Null while it does not run, and until it was looked at.',
    }),
    source: Type.Enum(['engine', 'reported'], {
      description:
        '`engine`: the server’s own, as its engine says. `reported`: on a user’s own engine, as their client says; nobody has checked it.',
    }),
    reported_by: Type.Optional(
      Type.Object({ client: Uuid, name: ClientName, age_seconds: Type.Integer() }, closed),
    ),
  },
  closed,
);
export type MonitoredContainer = Static<typeof MonitoredContainer>;

/** Query of `GET /monitor/containers`. All that is given must hold. */
export const MonitoredContainersQuery = Type.Object(
  {
    owner: Type.Optional({ ...Name, description: 'The username.' }),
    template: Type.Optional(Name),
    state: Type.Optional(ContainerState),
    source: Type.Optional(Type.Enum(['engine', 'reported'])),
    ...PAGE_QUERY,
  },
  closed,
);
export type MonitoredContainersQuery = Static<typeof MonitoredContainersQuery>;

/** Answer of `GET /monitor/containers`: the server’s own first, the oldest of them first. */
export const MonitoredContainersPage = Type.Object(
  { containers: Type.Array(MonitoredContainer), ...PAGE_KEYS },
  closed,
);
export type MonitoredContainersPage = Static<typeof MonitoredContainersPage>;

const Disk = Type.Object(
  {
    holds: Type.Array(Type.Enum(['configuration', 'state', 'log']), {
      description: 'What of Berth’s is on it.',
    }),
    used_bytes: bytes('Taken.'),
    available_bytes: bytes('What the server’s user may still write.'),
    total_bytes: bytes('Its size.'),
  },
  closed,
);
export type Disk = Static<typeof Disk>;

/** How the machine is that the server runs on. */
export const HostStatus = Type.Object(
  {
    cpus: Type.Integer(),
    cpu_percent: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'Of all cores together, over the last seconds.',
    }),
    load: Type.Array(Type.Number(), { description: 'Averages of 1, 5 and 15 minutes.' }),
    memory: Type.Object(
      { used_bytes: bytes('What is not available.'), total_bytes: bytes('All of it.') },
      closed,
    ),
    disks: Type.Array(Disk),
    uptime_seconds: Type.Integer(),
  },
  closed,
);
export type HostStatus = Static<typeof HostStatus>;

/** Answer of `GET /monitor`: everything at a glance, with the first page of each list. */
export const Monitor = Type.Object(
  {
    time: Type.String({ description: 'When it was so, by the server’s clock.' }),
    server: Type.Object(
      {
        version: Type.String(),
        uptime_seconds: Type.Integer(),
        memory_bytes: bytes('What berthd itself takes.'),
      },
      closed,
    ),
    host: HostStatus,
    engine: Type.Union(
      [
        Type.Object({ state: Type.Literal('up'), version: Type.String() }, closed),
        Type.Object({ state: Type.Literal('down'), problem: Type.String() }, closed),
      ],
      { description: 'What runs the containers, and whether it answers.' },
    ),
    config: Type.Object(
      {
        revision: Type.String(),
        rejected: Type.Union([Type.String(), Type.Null()], {
          description: 'Why the files on disk are not taken up; null where they are.',
        }),
      },
      closed,
    ),
    containers: Type.Union([MonitoredContainersPage, Type.Null()], {
      description: 'The first page of `GET /monitor/containers`; null while the engine is down.',
    }),
    users: Type.Object(
      {
        live: Type.Integer(),
        stale: Type.Integer(),
        never: Type.Integer(),
        ...UserStatusPage.properties,
      },
      {
        ...closed,
        description: 'How many there are of each, and the first page of `GET /monitor/users`.',
      },
    ),
  },
  closed,
);
export type Monitor = Static<typeof Monitor>;

/** A container on a user’s own engine, as their client reports it. */
export const ReportedContainer = Type.Object(
  {
    id: Uuid,
    template: Name,
    name: Type.Optional(Name),
    image: Type.String({ maxLength: 256 }),
    state: ContainerState,
    health: Type.Optional(Health),
    created: Type.Optional(Timestamp),
  },
  closed,
);
export type ReportedContainer = Static<typeof ReportedContainer>;

/** Body of `POST /ping`, which may be left out. */
export const PingReport = Type.Object(
  {
    containers: Type.Optional(
      Type.Array(ReportedContainer, {
        maxItems: 32,
        description:
          'All that the client runs on its own user’s engine. It stands until the next report, or until the client is stale.',
      }),
    ),
  },
  closed,
);
export type PingReport = Static<typeof PingReport>;
