import { Type, type Static } from 'typebox';
import { ByteSize } from '../units.ts';

/** CPU cores; the engine takes hundredths. */
export const Cpus = Type.Number({
  minimum: 0.01,
  maximum: 4096,
  multipleOf: 0.01,
  description: 'CPU cores, in hundredths.',
});

export const Memory = Type.Evaluate(ByteSize, { description: 'Memory; swap is off.' });

export const Pids = Type.Integer({
  minimum: 1,
  maximum: 4_194_304,
  description: 'Processes and threads.',
});

/** What one user may have running at once, all containers together. */
export const Limits = Type.Object(
  {
    containers: Type.Integer({ minimum: 0, description: 'Containers at once.' }),
    cpus: Cpus,
    memory: Memory,
    pids: Pids,
  },
  { additionalProperties: false },
);
export type Limits = Static<typeof Limits>;
