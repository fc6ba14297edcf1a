import { Problem, VERSION } from '@berth/contract';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './commands/check.ts';
import { enrollCommand } from './commands/enroll.ts';
import { initCommand } from './commands/init.ts';
import type { Output } from './commands/options.ts';
import { serveCommand } from './commands/serve.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const output: Output = { line: (text) => process.stdout.write(`${text}\n`) };

const program = new Command('berthd')
  .description('The Berth server, and the commands of its admin.')
  .version(VERSION)
  .addCommand(initCommand(output))
  .addCommand(serveCommand(output))
  .addCommand(checkCommand(output))
  .addCommand(enrollCommand(output));
exitOverride(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Commander would end the process by itself, and with 1 for wrong usage. */
function exitOverride(command: Command): void {
  command.exitOverride().showHelpAfterError('(add --help for the options)');
  for (const child of command.commands) exitOverride(child);
}

function explain(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof Problem) {
    process.stderr.write(`berthd: ${error.message}\n`);
    return error.code === 'usage' ? EXIT_USAGE : EXIT_FAILED;
  }
  const { stack, message } = error instanceof Error ? error : new Error(String(error));
  const detail = process.env['BERTH_DEBUG'] === undefined ? message : (stack ?? message);
  process.stderr.write(
    `berthd: this should not have happened: ${detail}\nSet BERTH_DEBUG=1 for the whole story, and please report it.\n`,
  );
  return EXIT_FAILED;
}
