import { fileURLToPath } from 'node:url';
import {
  startProgram,
  type Ended,
  type ProgramOptions,
  type Running,
} from '@berth/testbed/program';

const MAIN = {
  berth: fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url)),
  berthd: fileURLToPath(new URL('../../../packages/server/src/main.ts', import.meta.url)),
};

/**
 * Starts one of our two programs.
 *
 * @param options.env added to the environment of the tests
 */
export function start(
  program: keyof typeof MAIN,
  args: readonly string[],
  { env, ...options }: ProgramOptions = {},
): Running {
  return startProgram(MAIN[program], args, { env: { ...process.env, ...env }, ...options });
}

/** Runs one of our programs to its end, without input. */
export function run(
  program: keyof typeof MAIN,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<Ended> {
  const { child, ended } = start(program, args, options);
  child.stdin.end();
  return ended;
}
