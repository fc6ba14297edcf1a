import { CommanderError } from 'commander';
import { failureOf, unwrittenOf } from './commands/failure.ts';
import { createOutput } from './commands/output.ts';
import { createProgram } from './commands/program.ts';
import { createPrompt } from './commands/prompt.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

// Known before anything can fail, also when it is the command line that is wrong.
const words = process.argv.slice(2, [...process.argv, '--'].indexOf('--'));
const output = createOutput(process, words.includes('--json'));

const unwritten = new WeakSet<Error>();
let isTold = false;
const streams = { 'standard output': process.stdout, 'standard error': process.stderr };
for (const [name, stream] of Object.entries(streams)) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    unwritten.add(error);
    // Who reads only the first lines has what they wanted: `berthd history | head`.
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT_FAILED;
    // Each write fails by itself, also the one that would say so.
    if (isTold) return;
    isTold = true;
    output.warn(unwrittenOf(name, error).message);
  });
}

try {
  await createProgram(output, createPrompt(process)).parseAsync();
  if (output.hasFault()) process.exitCode = EXIT_FAILED;
} catch (error) {
  // Told already, or nobody reads any more.
  if (error instanceof Error && unwritten.has(error)) process.exitCode = EXIT_FAILED;
  // The help or the version was asked for, and printed.
  else if (!(error instanceof CommanderError)) {
    const problem = failureOf(error, process.env['BERTH_DEBUG'] !== undefined);
    output.fail(problem);
    process.exitCode = problem.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
}
