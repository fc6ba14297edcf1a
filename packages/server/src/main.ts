import { CommanderError } from 'commander';
import { failureOf } from './commands/failure.ts';
import { createOutput } from './commands/output.ts';
import { createProgram } from './commands/program.ts';
import { createPrompt } from './commands/prompt.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

// Who reads only the first lines has what they wanted: `berthd history | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT_FAILED;
    process.stderr.write(`berthd: what it says cannot be written: ${error.code}.\n`);
  });
}

// Known before anything can fail, also when it is the command line that is wrong.
const words = process.argv.slice(2, [...process.argv, '--'].indexOf('--'));
const output = createOutput(process, words.includes('--json'));

try {
  await createProgram(output, createPrompt(process)).parseAsync();
  if (output.hasFault()) process.exitCode = EXIT_FAILED;
} catch (error) {
  // The help or the version was asked for, and printed.
  if (!(error instanceof CommanderError)) {
    const problem = failureOf(error, process.env['BERTH_DEBUG'] !== undefined);
    output.fail(problem);
    process.exitCode = problem.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
}
