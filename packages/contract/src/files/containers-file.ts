import { Type, type Static } from 'typebox';
import { Form } from '../form.ts';
import { Name } from '../names.ts';
import { ByteSize } from '../units.ts';
import { FileVersion } from './file-version.ts';
import { Cpus, Memory, Pids } from './limits.ts';

/**
 * Names of environment variables that a template or an override may set. Those that would change
 * which code runs before the command does (LD_*, PATH, BASH_ENV) are the image’s business.
 */
const EnvironmentName = Form(
  '^(?!LD_|PATH$|BASH_ENV$|ENV$)[A-Za-z_][A-Za-z0-9_]{0,127}$',
  'the name of a variable: letters, digits and _, but not LD_*, PATH, ENV or BASH_ENV',
);

export const Environment = Type.Record(
  EnvironmentName,
  Form('^[^\\u0000\\r\\n]*$', 'a single line', {
    maxLength: 8192,
    description: 'Value of the variable: a single line.',
  }),
  {
    propertyNames: EnvironmentName,
    additionalProperties: false,
    description: 'Environment variables. Not LD_*, PATH, ENV or BASH_ENV.',
  },
);
export type Environment = Static<typeof Environment>;

const AbsolutePath = Form(
  '^/(?!.*(^|/)\\.\\.(/|$))[^\\u0000-\\u001f:]{1,255}$',
  'an absolute path inside the container, without ".." and ":"',
);

export const Resources = Type.Object(
  { cpus: Cpus, memory: Memory, pids: Pids },
  { additionalProperties: false },
);
export type Resources = Static<typeof Resources>;

export const Volume = Type.Object(
  {
    name: Type.Evaluate(Name, { description: 'Unique within the template.' }),
    target: Type.Evaluate(AbsolutePath, { description: 'Where in the container it appears.' }),
    persistent: Type.Boolean({
      default: false,
      description: 'Whether it outlives `berth stop`.',
    }),
    read_only: Type.Boolean({
      default: false,
      description: 'Mounted so that nothing can write to it.',
    }),
  },
  { additionalProperties: false, description: 'A folder that is kept apart from the container.' },
);
export type Volume = Static<typeof Volume>;

export const Port = Type.Object(
  {
    container: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      description: 'Port inside the container.',
    }),
    protocol: Type.Enum(['tcp', 'udp'], {
      default: 'tcp',
      description: 'What the port carries.',
    }),
    label: Type.Optional(
      Type.Evaluate(Name, { description: 'What `berth list` shows beside it.' }),
    ),
  },
  { additionalProperties: false, description: 'A port that appears on the host.' },
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
    ports: Type.Array(Port, {
      default: [],
      maxItems: 64,
      description: 'Ports that appear on the host. Not with `mode: none`.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What the container can reach.' },
);

/** One entry of `containers.yaml`: what may be run. */
export const Template = Type.Object(
  {
    description: Type.String({
      default: '',
      maxLength: 500,
      description: 'What it is for, in words for people.',
    }),
    image: Form(
      // A leading letter or digit keeps it from being read as an option or a path.
      '^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$',
      'an image reference, such as registry.example/lab:2026.11',
      { description: 'Image reference, with tag or digest.' },
    ),
    pull: Type.Enum(['missing', 'always', 'never'], {
      default: 'missing',
      description: 'When to fetch the image from its registry.',
    }),
    command: Type.Optional(
      Type.Array(Type.String({ maxLength: 4096 }), {
        minItems: 1,
        description: 'Words of the command; the image’s own unless given.',
      }),
    ),
    env: Type.Evaluate(Environment, { default: {} }),
    user: Type.Optional(
      Form(
        '^[a-z0-9_][a-z0-9_-]{0,31}(:[a-z0-9_][a-z0-9_-]{0,31})?$',
        'a user, or user:group, by name or number in quotes',
        { description: 'User, or user:group, by name or number; the image’s own unless given.' },
      ),
    ),
    workdir: Type.Optional(
      Type.Evaluate(AbsolutePath, {
        description: 'Folder in which the command runs; the image’s own unless given.',
      }),
    ),
    resources: Type.Object(
      {
        cpus: Type.Evaluate(Cpus, { default: 1 }),
        memory: Type.Evaluate(Memory, { default: '1g' }),
        pids: Type.Evaluate(Pids, { default: 256 }),
      },
      { additionalProperties: false, default: {}, description: 'What each container may use.' },
    ),
    shm_size: Type.Evaluate(ByteSize, { default: '64m', description: 'Size of /dev/shm.' }),
    volumes: Type.Array(Volume, {
      default: [],
      maxItems: 32,
      description: 'Folders that are kept apart from the container.',
    }),
    network: Network,
    capabilities: Type.Array(Capability, {
      default: [],
      uniqueItems: true,
      description: 'Linux capabilities given back; all are dropped otherwise.',
    }),
  },
  { additionalProperties: false, description: 'A template: what may be run.' },
);
export type Template = Static<typeof Template>;

/** `containers.yaml`: the templates, by name. */
export const ContainersFile = Type.Object(
  {
    version: FileVersion,
    containers: Type.Record(Name, Template, {
      propertyNames: Name,
      additionalProperties: false,
      description: 'Templates, by name.',
    }),
  },
  { additionalProperties: false, description: 'The templates: what may be run.' },
);
export type ContainersFile = Static<typeof ContainersFile>;
