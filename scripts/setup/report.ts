import { Problem } from '@berth/contract';

const COLUMN = 16;

/** One line about one step: what it concerns, and what was done or found. Further lines are indented. */
export function tell(step: string, text: string): void {
  const [first = '', ...rest] = text.split('\n');
  console.log(`${step.padEnd(COLUMN)}${first}`);
  for (const line of rest) console.log(`${' '.repeat(COLUMN)}${line}`);
}

/** What to show of an error: the stack only where it is a bug. */
export function describe(error: unknown): string {
  if (error instanceof Problem) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs a script. Its errors go to standard error; the exit code is 2 for wrong usage, else 1. */
export async function main(run: () => Promise<void>): Promise<void> {
  // Whoever reads along may stop reading, as `head` does; what was begun is finished all the same.
  process.stdout.on('error', () => {});
  try {
    await run();
  } catch (error) {
    process.exitCode = error instanceof Problem && error.code === 'usage' ? 2 : 1;
    console.error(`\n${describe(error)}`);
  }
}
