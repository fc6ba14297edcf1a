import { stdin } from 'node:process';
import { createInterface } from 'node:readline';

/** Does what the lines on standard input ask for, one after another, and prints a number for each. */
export async function answer(
  commands: Readonly<Record<string, () => number | Promise<number>>>,
): Promise<void> {
  for await (const line of createInterface(stdin)) {
    const command = commands[line];
    if (command === undefined) throw new Error(`There is no ${line}`);
    console.log(await command());
  }
}

/** Milliseconds that something takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Millions of bytes that are resident once all garbage is collected. */
export function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1e6;
}
