import { parseArgs } from 'node:util';
import { Problem } from '@berth/contract';

/** Reads a script’s flags; whatever else it is given is `usage`. */
export function readFlags(script: string, flags: readonly string[]): Set<string> {
  const options = Object.fromEntries(flags.map((flag) => [flag, { type: 'boolean' as const }]));
  try {
    const { values } = parseArgs({ options, strict: true });
    return new Set(Object.keys(values));
  } catch (cause) {
    const usage = [`./scripts/${script}`, ...flags.map((flag) => `[--${flag}]`)].join(' ');
    throw new Problem('usage', `Usage: ${usage}`, { cause });
  }
}
