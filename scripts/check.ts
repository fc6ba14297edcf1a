/**
 * Everything that must hold before a change is merged: `npm run check`. A line for each step, and
 * all that a failed one said. The last line counts the checks and tests: `N passed, N failed`.
 */
import './require-node.cjs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { judgeCoverage, summarizeCoverage } from './coverage.ts';
import { run } from './run.ts';
import {
  countTests,
  FAILED,
  PASSED,
  sum,
  summaryLine,
  type Counts,
  type TestReport,
} from './summary.ts';

const ROOT = dirname(import.meta.dirname);

/** Fires when the person, or the machine, wants no more of it. */
const stop = new AbortController();

interface Outcome {
  readonly counts: Counts;
  /** What to print when it failed. */
  readonly output: string;
  /** What to say in its line in any case. */
  readonly note?: string;
}

/** One of the scripts in package.json. */
async function checkScript(name: string): Promise<Outcome> {
  const { ok, output } = await run('npm', ['run', '--silent', name], { signal: stop.signal });
  return { counts: ok ? PASSED : FAILED, output };
}

/** All tests. They, and the programs they start, write down in `collected` what they ran. */
async function checkTests(reportFile: string, collected: string): Promise<Outcome> {
  const { ok, output } = await run(
    'vitest',
    ['run', '--no-color', '--reporter=dot', '--reporter=json', `--outputFile.json=${reportFile}`],
    {
      // V8 counts code that it had from a compile cache less precisely.
      env: { NODE_V8_COVERAGE: collected, NODE_DISABLE_COMPILE_CACHE: '1' },
      signal: stop.signal,
    },
  );
  let counts = FAILED;
  try {
    counts = countTests(JSON.parse(await readFile(reportFile, 'utf8')) as TestReport);
  } catch (error) {
    return { counts, output: `${output}\nVitest left no report: ${String(error)}` };
  }
  if (!ok && counts.failed === 0) counts = sum([counts, FAILED]);
  return { counts, output, note: summaryLine(counts) };
}

async function checkCoverage(collected: string, reports: string): Promise<Outcome> {
  const { ok, poor, total } = judgeCoverage(await summarizeCoverage(collected, reports), ROOT);
  return {
    counts: ok ? PASSED : FAILED,
    output: 'Too little is tested; see the files above.',
    note: [total, ...poor].join('\n     '),
  };
}

/** Performs a step and says how it went. A step that throws has failed. */
async function step(name: string, perform: () => Promise<Outcome>): Promise<Counts> {
  const started = performance.now();
  const { counts, output, note } = await perform().catch((error: unknown): Outcome => ({
    counts: FAILED,
    output: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = counts.failed === 0 ? 'ok  ' : 'FAIL';
  console.log(`${verdict} ${name.padEnd(12)} ${seconds.padStart(6)} s  ${note ?? ''}`.trimEnd());
  if (counts.failed > 0) console.log(`\n${output.trim()}\n`);
  return counts;
}

process.chdir(ROOT);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
await mkdir('.cache', { recursive: true });
// A folder for this run alone: V8 writes megabytes for each process, and other runs go on beside it.
const folder = await mkdtemp(join(ROOT, '.cache/check-'));
const collected = join(folder, 'coverage');
const steps: [name: string, perform: () => Promise<Outcome>][] = [
  ...['format:check', 'lint', 'types', 'knip', 'knip:strict'].map(
    (name): (typeof steps)[number] => [name, () => checkScript(name)],
  ),
  ['tests', () => checkTests(join(folder, 'tests.json'), collected)],
  ['coverage', () => checkCoverage(collected, join(folder, 'report'))],
];
const all: Counts[] = [];
try {
  for (const [name, perform] of steps) {
    if (!stop.signal.aborted) all.push(await step(name, perform));
  }
  if (stop.signal.aborted) all.push(FAILED);
} finally {
  await rm(folder, { recursive: true, force: true });
  const total = sum(all);
  if (total.failed > 0) process.exitCode = 1;
  console.log(summaryLine(total));
}
