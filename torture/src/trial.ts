import type { Arena } from './arena.ts';

/** Something that must hold however roughly a configuration is dealt with. */
export interface Trial {
  readonly name: string;
  /** What is done, and how often. */
  readonly what: string;
  /** It is ended, and has failed, after so long. */
  readonly minutes: number;
  /** Returns what was counted. Throws where something does not hold. */
  run(arena: Arena): Promise<string>;
}
