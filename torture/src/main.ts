/**
 * Deals roughly with configurations for as long as it takes, and tells what came of it:
 * `npm run torture`, or `npm run torture -- NAME…` for some trials. Needs root, for the disks it fills
 * and whose power it cuts. The last line counts the trials: `N passed, N failed`.
 */
import { openArena } from './arena.ts';
import type { Trial } from './trial.ts';
import { TRIALS } from './trials/index.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const names = process.argv.slice(2);
const unknown = names.find((name) => TRIALS.every((trial) => trial.name !== name));
if (unknown === undefined) {
  await torture(TRIALS.filter(({ name }) => names.length === 0 || names.includes(name)));
} else {
  const list = TRIALS.map(({ name, what }) => `  ${name.padEnd(12)} ${what}`);
  console.error(`There is no trial ${unknown}. There are:\n${list.join('\n')}`);
  process.exitCode = 2;
}

async function torture(trials: readonly Trial[]): Promise<void> {
  let passed = 0;
  for (const trial of trials) {
    if (stop.signal.aborted) break;
    console.log(`     ${trial.name.padEnd(12)} ${trial.what} …`);
    const started = performance.now();
    const outcome = await attempt(trial);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (outcome.isPassed) passed += 1;
    const verdict = outcome.isPassed ? 'ok  ' : 'FAIL';
    console.log(`${verdict} ${trial.name.padEnd(12)} ${seconds.padStart(6)} s  ${outcome.story}`);
  }
  const failed = trials.length - passed;
  if (failed > 0) process.exitCode = 1;
  console.log(`${passed} passed, ${failed} failed`);
}

async function attempt(trial: Trial): Promise<{ isPassed: boolean; story: string }> {
  const limit = AbortSignal.timeout(trial.minutes * 60_000);
  try {
    await using arena = await openArena(AbortSignal.any([stop.signal, limit]));
    return { isPassed: true, story: await trial.run(arena) };
  } catch (error) {
    if (stop.signal.aborted) return { isPassed: false, story: 'stopped' };
    if (limit.aborted) return { isPassed: false, story: `not done in ${trial.minutes} minutes` };
    return { isPassed: false, story: error instanceof Error ? (error.stack ?? '') : String(error) };
  }
}
