import { Type, type Static } from 'typebox';
import { Name } from '../names.ts';
import { ByteSize } from '../units.ts';
import { Cpus, Pids } from './limits.ts';

/**
 * Names of environment variables that a template or an override may set. Those that would change
 * which code runs before the command does (LD_*, PATH, BASH_ENV) are the image’s business.
 */
const EnvironmentName = Type.String({
  pattern: '^(?!LD_|PATH$|BASH_ENV$|ENV$)[A-Za-z_][A-Za-z0-9_]{0,127}$',
});

export const Environment = Type.Record(
  EnvironmentName,
  Type.String({ maxLength: 8192, pattern: '^[^\\u0000\\r\\n]*$' }),
  {
    additionalProperties: false,
    description: 'Environment variables; values are single lines. Not LD_*, PATH, ENV or BASH_ENV.',
  },
);
export type Environment = Static<typeof Environment>;

const AbsolutePath = Type.String({
  pattern: '^/(?!.*(^|/)\\.\\.(/|$))[^\\u0000-\\u001f:]{1,255}$',
  description: 'An absolute path inside the container, without "..".',
});

export const Resources = Type.Object(
  { cpus: Cpus, memory: ByteSize, pids: Pids },
  { additionalProperties: false },
);
export type Resources = Static<typeof Resources>;

export const Volume = Type.Object(
  {
    name: Name,
    target: AbsolutePath,
    persistent: Type.Boolean({
      default: false,
      description: 'Whether it outlives `berth stop`.',
    }),
    read_only: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
);
export type Volume = Static<typeof Volume>;

export const Port = Type.Object(
  {
    container: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      description: 'Port inside the container.',
    }),
    protocol: Type.Enum(['tcp', 'udp'], { default: 'tcp' }),
    label: Type.Optional(Name),
  },
  { additionalProperties: false },
);
export type Port = Static<typeof Port>;

/** What Docker grants by default, and the most that a template can give back after `CapDrop: ALL`. */
export const Capability = Type.Enum([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const Network = Type.Object(
  {
    mode: Type.Enum(['private', 'none'], {
      default: 'private',
      description: 'private: a network of the user’s own; none: no network at all.',
    }),
    name: Type.Optional(
      Type.Evaluate(Name, {
        description: 'Which of the user’s private networks; one and the same unless named.',
      }),
    ),
    ports: Type.Array(Port, { default: [], maxItems: 64 }),
  },
  { additionalProperties: false, default: {} },
);

/** One entry of `containers.yaml`: what may be run. */
export const Template = Type.Object(
  {
    description: Type.String({ default: '', maxLength: 500 }),
    image: Type.String({
      // A leading letter or digit keeps it from being read as an option or a path.
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$',
      description: 'Image reference, with tag or digest.',
    }),
    pull: Type.Enum(['missing', 'always', 'never'], {
      default: 'missing',
      description: 'When to fetch the image from its registry.',
    }),
    command: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { minItems: 1 })),
    env: Type.Evaluate(Environment, { default: {} }),
    user: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9_][a-z0-9_-]{0,31}(:[a-z0-9_][a-z0-9_-]{0,31})?$',
        description: 'User, or user:group, by name or number; the image’s own unless given.',
      }),
    ),
    workdir: Type.Optional(AbsolutePath),
    resources: Type.Object(
      {
        cpus: Type.Evaluate(Cpus, { default: 1 }),
        memory: Type.Evaluate(ByteSize, { default: '1g' }),
        pids: Type.Evaluate(Pids, { default: 256 }),
      },
      { additionalProperties: false, default: {} },
    ),
    shm_size: Type.Evaluate(ByteSize, { default: '64m', description: 'Size of /dev/shm.' }),
    volumes: Type.Array(Volume, { default: [], maxItems: 32 }),
    network: Network,
    capabilities: Type.Array(Capability, {
      default: [],
      uniqueItems: true,
      description: 'Linux capabilities given back; all are dropped otherwise.',
    }),
  },
  { additionalProperties: false },
);
export type Template = Static<typeof Template>;

/** `containers.yaml`: the templates, by name. */
export const ContainersFile = Type.Object(
  {
    version: Type.Literal(1),
    containers: Type.Record(Name, Template, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type ContainersFile = Static<typeof ContainersFile>;
